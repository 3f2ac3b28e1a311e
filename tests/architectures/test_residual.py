"""The residual recursion against its definition."""

from __future__ import annotations

import pytest
import sympy
from flint import arb
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.architectures.recursion import KernelRecursion, weighted
from symntk.architectures.residual import Residual, residual
from symntk.depth.parabolic import deficit_map, layer_map
from symntk.errors import DomainError
from symntk.gaussian.dual import derivative_dual, dual
from symntk.notation import Q1, Q2, RHO


def test_the_recursion_is_that_of_the_covariance_and_the_kernel_of_the_block() -> None:
    """q·c ↦ q·c + σ_w²E φφ and K ↦ K(1 + σ_w²E φ′φ′) + σ_w²E φφ, divided by the new variance."""
    phi, weight, q, k = activation("relu"), sympy.sqrt(3), sympy.Symbol("q", positive=True), sympy.Symbol("k")
    net: KernelRecursion = residual(phi, weight)
    pair = dual(phi).general.subs({Q1: q, Q2: q}, simultaneous=True)
    slopes = derivative_dual(phi)
    f, f_slope = pair / (q * dual(phi).at(1)), slopes / dual(phi).at(1)
    grown = q + weight**2 * q * dual(phi).at(1)
    covariance, unit = q * RHO + weight**2 * pair, residual(phi, weight).weight
    kernel = k * unit * q * (1 + weight**2 * slopes) + weight**2 * pair
    for value in (Rational(3, 10), Rational(-1, 2), S.One):
        at = {RHO: value}
        assert 0 == sympy.simplify((net.correlation(RHO, f) - covariance / grown).subs(at))
        own = net.ntk_factor(RHO, f_slope) * k + net.ntk_source(RHO, f)
        assert 0 == sympy.simplify((own - kernel / (unit * grown)).subs(at))


def test_on_the_diagonal_every_block_adds_one() -> None:
    net, kernel = Residual(strength=Rational(1, 3)), 1 / Residual(strength=Rational(1, 3)).weight
    for layer in range(2, 7):
        kernel = net.ntk_factor(S.One, S.One) * kernel + net.ntk_source(S.One, S.One)
        whole = kernel * net.weight * net.growth(S(layer))
        assert 0 == sympy.expand(whole - (1 + net.weight * (layer - 1)) * net.growth(S(layer)))
    assert 4 + 5 == kernel


def test_the_normalisation_makes_the_diagonal_tend_to_one() -> None:
    net, ell = Residual(strength=S(2)), sympy.Symbol("ell", positive=True)
    whole = (1 + net.weight * (ell - 1)) * net.growth(ell)
    assert 1 == sympy.limit(sympy.simplify(whole / net.normalisation(ell)), ell, sympy.oo)


def test_a_weight_is_the_same_in_every_arithmetic() -> None:
    half = Rational(1, 2)
    series = deficit_map(activation("abs"), 3).series
    scaled = weighted(series, half)
    assert [c / 2 for c in series.coefficients] == list(scaled.coefficients)
    assert weighted(S(3), half) == Rational(3, 2)
    assert weighted(arb(3), half) == arb(1.5)


def test_the_series_of_the_whole_layer_mix_the_identity_and_the_map() -> None:
    """At α = 1 the slope of the kink is halved: w√(1 − s·w/2 + …) with s = 4√2/(3π)."""
    whole, source = layer_map(deficit_map(activation("abs"), 5), Residual(strength=S.One))
    ring = whole.series.ring
    assert [1, -sympy.sqrt(2) / (3 * sympy.pi)] == [ring.expression(c) for c in whole.series.coefficients[:2]]
    assert [1, 0, -1] == [ring.expression(c) for c in source.coefficients[:3]]


@pytest.mark.parametrize("weight", [S.Zero, S(-1)])
def test_a_weight_that_is_not_positive_is_refused(weight: sympy.Expr) -> None:
    with pytest.raises(DomainError, match="σ_w > 0"):
        residual(activation("relu"), weight)
    with pytest.raises(DomainError, match="α > 0"):
        Residual(strength=weight)


def test_an_activation_that_is_not_homogeneous_is_refused() -> None:
    with pytest.raises(DomainError, match="homogeneous"):
        residual(activation("tanh"), S.One)
