"""Gaussian calculus: moments, Hermite coefficients, dual activations and certified quadrature."""
