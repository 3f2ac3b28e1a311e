"""Spectra of zonal kernels on the sphere: eigenvalues, multiplicities, Mercer sums, decay and limits in depth."""
