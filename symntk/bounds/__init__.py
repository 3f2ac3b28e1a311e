"""Explicit inequalities: how far the kernels of deep networks can be from their limits, with every constant."""
