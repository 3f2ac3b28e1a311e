"""How an architecture combines the maps of an activation into the recursions of its kernels."""
