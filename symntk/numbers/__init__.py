"""Certain numbers: balls, exact decisions, proofs of identities and certified roots."""
