"""Collects the families of all activation files under their names."""

from __future__ import annotations

from symntk.activations import exponential, normal, polynomial, rectified, saturating, trigonometric
from symntk.activations.family import Family

CATALOGUE: dict[str, Family] = {
    family.name: family
    for module in (rectified, polynomial, normal, trigonometric, exponential, saturating)
    for family in module.FAMILIES
}
"""Every family by name."""
