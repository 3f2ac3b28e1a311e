"""Expansions of correlation maps and of their iterates as Puiseux series."""
