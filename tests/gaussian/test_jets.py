"""Second moments of all derivatives at once: closed forms, symbolic derivatives, and honest errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy
from flint import arb
from sympy import Expr, Rational, S, atan, cos, cosh, erf, exp, pi, sech, sin, sqrt, tanh

from symntk.errors import SymntkError, UndecidedError
from symntk.gaussian import jets
from symntk.gaussian.jets import jet_moments
from symntk.gaussian.quadrature import enclose_mean
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision

BITS = 60
SILU = X * (1 + tanh(X / 2)) / 2
SMOOTH = [tanh(X), erf(X), atan(X), SILU, X * NormalCDF(X), sin(X) + X / 3, exp(X / 2), exp(-(X**2)), sech(X) * X, X**3]
VARIANCES = [Rational(1, 50), S.Half, S(3)]


@pytest.mark.parametrize("q", VARIANCES, ids=str)
@pytest.mark.parametrize("f", SMOOTH, ids=str)
def test_the_moments_are_those_of_symbolic_derivatives(f: Expr, q: Rational) -> None:
    with working_precision(150):
        found = jet_moments(f, enclose(q, bits=150), 4, bits=BITS)
    for k, moment in enumerate(found):
        truth = enclose_mean((f.diff(X, k) / sympy.factorial(k)) ** 2, q, bits=BITS)
        assert moment.overlaps(truth)
        assert moment.rad() < 2.0 ** (8 - BITS)


# E erf², E erf′² and E (½ erf″)², with x for q
ERF_MOMENTS = [
    2 / pi * sympy.asin(2 * X / (1 + 2 * X)),
    4 / pi / sqrt(1 + 4 * X),
    4 * X / pi / (1 + 4 * X) ** Rational(3, 2),
]
CLOSED = [
    (sin(X), lambda k, q: (1 - (-1) ** k * exp(-2 * q)) / 2 / sympy.factorial(k) ** 2),
    (cos(X), lambda k, q: (1 + (-1) ** k * exp(-2 * q)) / 2 / sympy.factorial(k) ** 2),
    (exp(X), lambda k, q: exp(2 * q) / sympy.factorial(k) ** 2),
    (erf(X), lambda k, q: ERF_MOMENTS[k].subs(X, q)),
]


@pytest.mark.parametrize("q", VARIANCES, ids=str)
@pytest.mark.parametrize(("f", "closed"), CLOSED, ids=lambda v: str(v) if isinstance(v, Expr) else "")
def test_the_moments_have_their_closed_forms(f: Expr, closed: Callable[[int, Expr], Expr], q: Rational) -> None:
    count = 3 if f == erf(X) else 12
    with working_precision(200):
        found = jet_moments(f, enclose(q, bits=200), count, bits=90)
    for k, moment in enumerate(found):
        assert moment.overlaps(enclose(closed(k, q), bits=120))
        assert moment.rad() < 2.0**-82


@pytest.mark.parametrize("bits", [20, 64, 128])
def test_high_orders_have_an_error_of_two_to_the_minus_bits_too(bits: int) -> None:
    with working_precision(bits + 80):
        found = jet_moments(tanh(X), arb("0.5"), 24, bits=bits)
    assert max(m.rad() for m in found) < 2.0 ** (4 - bits)
    assert min(m.rad() for m in found) > 2.0 ** (-6 * bits - 200)
    assert all(m > -(2.0 ** (4 - bits)) for m in found)


def test_more_bits_narrow_the_same_moments() -> None:
    rough, fine = (jet_moments(atan(X), arb("0.7"), 10, bits=bits) for bits in (30, 90))
    assert all(a.overlaps(b) for a, b in zip(rough, fine, strict=True))
    assert all(b.rad() < a.rad() for a, b in zip(rough, fine, strict=True))


def test_a_ball_of_variances_is_followed() -> None:
    wide = jet_moments(tanh(X), arb("0.5", "1e-6"), 5, bits=BITS)
    for q in ("0.4999991", "0.5", "0.5000009"):
        for moment, ball in zip(jet_moments(tanh(X), arb(q), 5, bits=BITS), wide, strict=True):
            assert moment in ball
    assert max(ball.rad() for ball in wide) < 1e-4


def test_polynomials_have_no_derivatives_beyond_their_degree() -> None:
    found = jet_moments(X**2 - 1, arb(2), 5, bits=BITS)  # E (x² − 1)² = 3q² − 2q + 1, E (2x)² = 4q
    assert all(m.overlaps(arb(truth)) for m, truth in zip(found, (9, 8, 1, 0, 0), strict=True))


def _coarse(monkeypatch: pytest.MonkeyPatch, scale: float) -> list[arb]:
    """Moments of tanh on a grid that is too coarse, with the proved errors multiplied by `scale`."""
    planned, aliasing = jets._planned, jets.aliasing
    monkeypatch.setattr(jets, "_planned", lambda circles, count, bits: planned(circles, count, 10))
    monkeypatch.setattr(jets, "aliasing", lambda strip, step: aliasing(strip, step) * scale)
    return jet_moments(tanh(X), arb(1), 4, bits=80)


def test_the_error_of_a_coarse_grid_is_inside_the_proved_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = jet_moments(tanh(X), arb(1), 4, bits=100)
    with monkeypatch.context() as patch:
        found = _coarse(patch, 1.0)
    assert all(t in m for t, m in zip(truth, found, strict=True))


def test_an_error_bound_that_is_too_small_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = jet_moments(tanh(X), arb(1), 4, bits=100)
    monkeypatch.setattr(jets, "gaussian_tail", lambda growth, edge: arb(0))
    found = _coarse(monkeypatch, 1e-12)
    assert not any(t.overlaps(m) for t, m in zip(truth, found, strict=True))


@pytest.mark.parametrize("f", [sympy.Abs(X), sympy.Max(0, X), sympy.Max(0, X) * tanh(X)], ids=str)
def test_functions_with_kinks_are_refused(f: Expr) -> None:
    with pytest.raises(UndecidedError, match="strip"):
        jet_moments(f, arb(1), 3)


def test_a_function_that_is_not_square_integrable_is_refused() -> None:
    with pytest.raises(SymntkError):
        jet_moments(exp(X**2 / 3), arb(1), 2)
    assert jet_moments(exp(X**2 / 3), arb("0.5"), 1)[0].overlaps(arb(3).sqrt())


def test_the_hyperbolic_cosine_grows_and_is_followed() -> None:
    found = jet_moments(cosh(X), arb(2), 2, bits=80)  # (e^{2q} ± 1)/2
    assert found[0].overlaps((arb(4).exp() + 1) / 2)
    assert found[1].overlaps((arb(4).exp() - 1) / 2)
