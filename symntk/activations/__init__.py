"""Activations: exact piecewise analytic functions with computed hypotheses, and the catalogue of the named ones."""
