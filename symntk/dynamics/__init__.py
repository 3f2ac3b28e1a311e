"""Training in the NTK regime: linear dynamics with a fixed kernel, solved with certainty."""
