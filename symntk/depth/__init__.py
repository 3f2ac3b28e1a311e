"""What a deep network does to a correlation and to the NTK: exact series in the depth and certified values."""
