"""Plots of what the commands answer; matplotlib is imported only where a figure is drawn."""
