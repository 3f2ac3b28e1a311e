"""Mean-field theory: variances, correlations, their fixed points, phases and the edge of chaos."""
