"""The ordered phase of homogeneous activations: agreement with direct iteration, rate, and any depth."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
import sympy
from flint import arb
from sympy import S

from symntk.activations.catalogue import activation
from symntk.depth.certified_depth import certified_depth
from symntk.depth.certified_place import contraction
from symntk.depth.certified_kink import kink_germ, kink_map
from symntk.depth.hyperbolic import contracted, contracted_map, diagonal
from symntk.depth.validated import orbit
from symntk.errors import DomainError
from symntk.gaussian.dual import dual
from symntk.notation import RHO
from symntk.numbers.ball import enclose, working_precision

HALF = sympy.Rational(1, 2)


def test_the_contracted_map_is_the_correlation_map_with_biases():
    # σ_w = 1, σ_b² = q/2: f = (σ_b² + q·φ̂)/q
    f = HALF + dual(activation("relu")).expression
    with working_precision(128):
        expected = enclose(1 - f.subs(RHO, 1 - sympy.Rational(2, 5)))
        assert expected.overlaps(contracted_map(kink_map(arb(0.5)), arb(0.5)).deficit(arb(2) / 5))


@pytest.mark.parametrize("layers", [1, 30, 400, 2000])
def test_the_ordered_depth_agrees_with_direct_iteration(layers):
    found = certified_depth(activation("relu"), layers, Fraction(3, 10), sigma_w=S.One, sigma_b=S.One, bits=140)
    with working_precision(4000):
        step = contracted_map(kink_map(arb(0.5)), arb(0.5))
        truth = next(islice(orbit(step, arb(7) / 10), layers - 1, None))
        assert truth.gamma.overlaps(found.gamma)
        assert (truth.kernel / diagonal(arb(0.5), layers)).overlaps(found.ntk_ratio)
    assert min(found.gamma.rel_accuracy_bits(), found.ntk_ratio.rel_accuracy_bits()) >= 134


def test_a_jump_from_a_point_that_is_not_near_still_contains_the_truth():
    with working_precision(2000):
        factor, step = arb(0.5), contracted_map(kink_map(arb(0.5)), arb(0.5))
        layers = list(islice(orbit(step, arb(1) / 50), 60))
        found = contracted(kink_germ(arb(0.5)), factor, layers[0], 59, 60)
        assert layers[-1].gamma in found.gamma
        assert layers[-1].kernel in found.kernel
        assert found.gamma.rel_accuracy_bits() < 20


def test_the_deficit_falls_by_chi_per_layer_at_the_depth_of_a_googol():
    first, second = (
        certified_depth(activation("relu"), 10**100 + k, 0, sigma_w=S.One, sigma_b=S.One, bits=140) for k in (0, 1)
    )
    with working_precision(200):
        assert abs(second.gamma / first.gamma - HALF.p / arb(HALF.q)) < 1e-38
        assert abs(first.ntk_ratio - 1) < 1e-38


@pytest.mark.parametrize(
    ("sigma_w", "sigma_b"), [(S.Zero, S.One), (-S.One, S.Zero), (None, S.One), (S.One, -S.One), (sympy.sqrt(2), S.One)]
)
def test_deviations_without_a_fixed_variance_are_refused(sigma_w, sigma_b):
    with pytest.raises(DomainError):
        contraction(activation("relu"), sigma_w, sigma_b)
