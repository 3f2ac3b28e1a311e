"""Section 6.3 of hayou2021: zonal harmonics as printed, and theorem 3 on the limits of the eigenvalues of the NTK."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import mpmath
from flint import arb
from sympy import Expr, Interval, Poly, Rational, S, binomial, diff, expand, factorial, gamma, integrate, pi

from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    sampled,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.notation import RHO, N
from symntk.numbers.ball import enclose
from symntk.numbers.precision import working_precision
from symntk.spectra.depth_limit import depth_limit
from symntk.spectra.eigenvalues import network_spectrum
from symntk.spectra.gegenbauer import gegenbauer, mass, multiplicity
from symntk.spectra.zonal_kernel import Network, network_maps

PLACES = tuple((d, k) for d in (3, 5, 7) for k in range(1, 6))
"""Odd dimensions, where the weight (1 − t²)^{(d−3)/2} is a polynomial."""
UNIT = {RHO: Interval(-1, 1)}
BITS = 40


def volume(dim: int) -> Expr:
    """Ω_d, the volume of S^{d−1}."""
    return 2 * pi ** Rational(dim, 2) / gamma(Rational(dim, 2))


def rodrigues(dim: int, degree: int) -> Expr:
    """P_k^d(t) by the printed formula of Rodrigues, t = ρ, for odd d."""
    k, half = degree, Rational(dim - 1, 2)
    power = (1 - RHO**2) ** (k + (dim - 3) // 2)
    quotient = Poly(expand(diff(expand(power), RHO, k)), RHO).div(Poly(expand((1 - RHO**2) ** ((dim - 3) // 2)), RHO))
    assert quotient[1].is_zero
    return expand(Rational(-1, 2) ** k * gamma(half) / gamma(k + half) * quotient[0].as_expr())


def recurred(dim: int, degree: int) -> Expr:
    """P_k by the three-term recurrence with P_k(1) = 1."""
    return sum((Rational(int(c.p), int(c.q)) * RHO**i for i, c in enumerate(gegenbauer(dim, degree).coeffs())), S.Zero)


def inner_product(dim: int, first: int, second: int) -> Expr:
    """⟨P_k, P_k′⟩ with the weight (1 − t²)^{(d−3)/2}, for odd d."""
    weight = (1 - RHO**2) ** ((dim - 3) // 2)
    return integrate(expand(rodrigues(dim, first) * rodrigues(dim, second) * weight), (RHO, -1, 1))


def by_quadrature(dim: int, degree: int) -> mpmath.mpf:
    """‖P_k‖² by mpmath's own Gegenbauer polynomials."""
    half = mpmath.mpf(dim - 2) / 2
    scale = mpmath.gegenbauer(degree, half, 1) ** 2
    return mpmath.quad(
        lambda t: mpmath.gegenbauer(degree, half, t) ** 2 / scale * (1 - t * t) ** ((dim - 3) / mpmath.mpf(2)),
        [-1, 0, 1],
    )


def norm_by_digits(place: tuple[int, int]) -> Route:
    """Compares the right side with ‖P_k‖² from mpmath."""

    def look(statement: Statement) -> Finding:
        if not isinstance(statement, Equal):
            return unknown("this route reads an equation for a squared norm")
        gap = abs(by_quadrature(*place) - mpmath.mpf(str(statement.rhs.evalf(20))))
        return supported(f"apart by {mpmath.nstr(gap, 3)}") if gap < 1e-9 else doubted(f"off by {mpmath.nstr(gap, 6)}")

    return Route("mpmath quadrature of mpmath's polynomials", Method.HIGH_PRECISION, look)


def norms_by_digits(statement: Statement) -> Finding:
    """The same for a whole family of places."""
    if not isinstance(statement, ForAll):
        return unknown("this route reads a family of squared norms")
    for place in statement.family:
        found = norm_by_digits(place).function(statement.body(place))
        if found.result is not True:
            return found
    return supported(f"{len(statement.family)} norms")


@dataclass(frozen=True, kw_only=True)
class Eigenvalue:
    """L ↦ μ_k of K^L/q on S^{d−1}, or of K^L/(Lq), by certified quadrature."""

    net: Network
    dim: int
    degree: int
    averaged: bool = False

    def __call__(self, index: int, bits: int) -> arb:
        return spectrum_at(self.net, self.dim, index)[self.degree] / (index if self.averaged else 1)


@lru_cache(maxsize=64)
def spectrum_at(net: Network, dim: int, layers: int) -> tuple[arb, ...]:
    """μ_0, …, μ_2 at a depth."""
    deep = Network(activation=net.activation, layers=layers, sigma_w=net.sigma_w, sigma_b=net.sigma_b)
    return tuple(e.value for e in network_spectrum(deep, dim=dim, degree=2, bits=20))


CHAOTIC = Network(activation=activation("sin"), layers=1, sigma_w=S(2), sigma_b=Rational(1, 2))
EDGE = Network(activation=activation("relu"), layers=1)
ORDERED = Network(activation=activation("relu"), layers=1, sigma_w=S.One, sigma_b=S.One)
DEPTHS, DEPTHS_ON_EDGE = (6, 12, 24), (20, 60, 180)
"""Depths at which spectra are computed; on the edge they settle like log L/L."""


def from_the_pole(statement: Statement) -> Finding:
    """liminf μ_k ≥ (1 − c*)/(2s) in dimension 3, against a smaller limit.

    K^L − c¹·dc^L/dc¹ is a sum of products of kernels with non-negative coefficients, so its eigenvalues are ≥ 0; by
    parts ½∫ c¹P_k dc^L/s = ([c¹P_k c^L] − ∫ c^L d(c¹P_k))/(2s) → (1 − c*)/(2s), as |c^L| ≤ 1 and c^L → c* inside.
    """
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Eigenvalue):
        return unknown("this route reads the limit of an eigenvalue")
    net, dim = statement.sequence.net, statement.sequence.dim
    maps = network_maps(net, BITS)
    at = maps.place.attractor
    if dim != 3 or at is None:
        return unknown("this bound is for the chaotic phase in dimension 3")
    with working_precision(BITS):
        gap = at.gamma / (2 * maps.start) - enclose(statement.limit, bits=BITS)
    if gap > 0:
        place = (("d", "3"), ("k", str(statement.sequence.degree)), ("φ", net.activation.name))
        place += (("sigma_w", str(net.sigma_w)), ("sigma_b", str(net.sigma_b)))
        return refuted(f"every limit point exceeds it by {gap.str(6)}", Witness(point=place, gap=gap.str(8)))
    return unknown("the lower bound is not above the limit")


def by_depths(statement: Statement) -> Finding:
    """Certified eigenvalues at three depths: whether the distance to the limit falls by a third or more each time."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Eigenvalue):
        return unknown("this route reads the limit of an eigenvalue")
    limit = enclose(statement.limit, bits=BITS)
    depths = DEPTHS_ON_EDGE if statement.sequence.averaged else DEPTHS
    gaps = [abs(statement.sequence(depth, BITS) - limit) for depth in depths]
    falling = all(late < 2 * early / 3 for early, late in zip(gaps, gaps[1:], strict=False))
    shown = ", ".join(g.str(4, radius=False) for g in gaps)
    return supported(f"distances {shown}") if falling else doubted(f"distances {shown} at L = {depths}")


def by_phase(statement: Statement) -> Finding:
    """The limit that the phase, the dimension and the fixed correlation give."""
    if not isinstance(statement, ConvergesTo) or not isinstance(statement.sequence, Eigenvalue):
        return unknown("this route reads the limit of an eigenvalue")
    subject = statement.sequence
    limit = depth_limit(subject.net, subject.dim, bits=BITS)
    value = limit.eigenvalue(subject.degree)
    agrees = limit.per_layer == subject.averaged and value.overlaps(enclose(statement.limit, bits=BITS))
    return supported(f"it is {value.str(8)}") if agrees else doubted(f"it is {value.str(8)}")


IN_DEPTH = (
    Route("phase, dimension and fixed correlation", Method.ALGEBRA, by_phase),
    Route("certified eigenvalues at three depths", Method.RECURSION, by_depths),
)
VANISHING = ForAll(
    tuple(
        Eigenvalue(net=net, dim=dim, degree=k)
        for net, dim in ((ORDERED, 2), (ORDERED, 3), (CHAOTIC, 5))
        for k in (1, 2)
    ),
    lambda sequence: ConvergesTo(sequence, S.Zero, index=N),
)

CLAIMS = (
    Claim(
        id="hayou2021/section6.3/multiplicity",
        where="section 6.3.1, first paragraph (line 1552)",
        printed=r"N(d, k) = \frac{2k+d-2}{k} \binom{k+d-3}{d-2}",
        statement=ForAll(
            PLACES,
            lambda place: Equal(
                Rational(2 * place[1] + place[0] - 2, place[1]) * binomial(sum(place) - 3, place[0] - 2),
                binomial(sum(place) - 1, place[0] - 1) - binomial(sum(place) - 3, place[0] - 1),
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Against the dimension of homogeneous polynomials of degree k less those divisible by |x|².",
    ),
    Claim(
        id="hayou2021/section6.3/rodrigues",
        where="section 6.3.1, Rodrigues' formula (line 1562)",
        printed=r"P_k^d(t) = \left(-\frac{1}{2}\right)^k \frac{\Gamma(\frac{d-1}{2})}{\Gamma(k + \frac{d-1}{2})} "
        r"(1-t^2)^{\frac{3-d}{2}} \left(\frac{d}{dt}\right)^k (1-t^2)^{k + \frac{d-3}{2}}",
        statement=ForAll(PLACES, lambda place: Equal(rodrigues(*place), recurred(*place), on=UNIT)),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="Against the recurrence (k + d − 2)P_{k+1} = (2k + d − 2)tP_k − kP_{k−1}, P_k(1) = 1.",
    ),
    Claim(
        id="hayou2021/section6.3/orthonormality",
        where="section 6.3.1, after Rodrigues' formula (lines 1564-1568)",
        printed=r"\langle P_k^d, P_{k'}^d \rangle_{L^2([-1, 1], (1-t^2)^{\frac{d-3}{2}} dt)} = \delta_{k, k'}",
        statement=Equal(inner_product(3, 1, 1), S.One),
        checks=(CertifiedWitness({}), norm_by_digits((3, 1))),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="P_k is normalised to P_k(1) = 1 by the printed formula of Rodrigues; ∫ t² dt over [−1, 1] is 2/3, at d = 3, k = 1.",
        corrected=Claim(
            id="hayou2021/section6.3/orthonormality/corrected",
            where="section 6.3.1, after Rodrigues' formula (lines 1564-1568)",
            printed=r"\langle P_k^d, P_{k'}^d \rangle = \frac{\Omega_d}{\Omega_{d-1} N(d, k)} \delta_{k, k'}",
            statement=ForAll(
                PLACES,
                lambda place: Equal(
                    inner_product(place[0], place[1], place[1]),
                    volume(place[0]) / volume(place[0] - 1) / multiplicity(*place),
                ),
            ),
            checks=(
                *sampled(*IDENTITY),
                Route("mpmath quadrature of mpmath's polynomials", Method.HIGH_PRECISION, norms_by_digits),
            ),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/section6.3/norm",
        where="section 6.3.1, last display of the properties of P_k^d (line 1570)",
        printed=r"\|P_k^d\|_{L^2([-1, 1], (1-t^2)^{\frac{d-3}{2}} dt)}^2 = \frac{(k+d-3)!}{(d-3)(k-d+3)!}",
        statement=Equal(inner_product(5, 3, 3), factorial(5) / (2 * factorial(1))),
        checks=(CertifiedWitness({}), norm_by_digits((5, 3))),
        expected=Verdict.REFUTED,
        kind="error",
        note="At d = 5, k = 3 it prints 60 for 2/45; it divides by 0 at d = 3, and it contradicts the orthonormality above.",
        corrected=Claim(
            id="hayou2021/section6.3/norm/corrected",
            where="section 6.3.1, last display of the properties of P_k^d (line 1570)",
            printed=r"\|P_k^d\|^2 = \frac{\sqrt{\pi}\, \Gamma(\frac{d-1}{2})}{\Gamma(\frac{d}{2})} \frac{1}{N(d, k)}",
            statement=ForAll(
                PLACES,
                lambda place: Equal(inner_product(place[0], place[1], place[1]), mass(place[0]) / multiplicity(*place)),
            ),
            checks=(
                *sampled(*IDENTITY),
                Route("mpmath quadrature of mpmath's polynomials", Method.HIGH_PRECISION, norms_by_digits),
            ),
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2021/section6.3/funk-hecke-constant",
        where="section 6.3.1, Hecke-Funk formula (line 1558), at g = 1 and k = 0",
        printed=r"1 = \frac{\Omega_{d-1}}{\Omega_d} \int_{-1}^1 (1-t^2)^{(d-3)/2} dt",
        statement=ForAll(tuple(range(2, 12)), lambda dim: Equal(volume(dim - 1) / volume(dim) * mass(dim), S.One)),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="So the uniform measure of the formula is the probability measure, and μ_0 is the mean of the kernel.",
    ),
    Claim(
        id="hayou2021/theorem3/edge-limit",
        where="theorem 3, last display (lines 263 and 1603), for the average NTK of a FFNN on the EOC, with its proof",
        printed=r"\lim_{L \rightarrow \infty} \mu_0^L = q \lambda, \quad "
        r"\text{for all } k \geq 1, \quad \lim_{L \rightarrow \infty} \mu_k^L = 0",
        assumptions=("ReLU, where λ = 1/4, and the probability measure on the sphere", "AK^L in units of q"),
        statement=ForAll(
            tuple(Eigenvalue(net=EDGE, dim=dim, degree=k, averaged=True) for dim in (2, 3) for k in range(3)),
            lambda sequence: ConvergesTo(sequence, S.Zero if sequence.degree else Rational(1, 4), index=N),
        ),
        checks=IN_DEPTH,
        expected=Verdict.SUPPORTED,
        note="AK^L ≤ AK^L(x, x) = q there, so that bounded convergence applies. In dimensions 2 and 3.",
    ),
    Claim(
        id="hayou2021/theorem3/chaotic-limit",
        where="theorem 3, last display (lines 263 and 1603), for the NTK of a FFNN on the chaotic phase",
        printed=r"\text{for all } k \geq 1, \quad \lim_{L \rightarrow \infty} \mu_k^L = 0",
        assumptions=("d = 3", "sin with σ_w = 2, σ_b = 1/2, inputs at the fixed variance, K in units of q"),
        statement=ConvergesTo(Eigenvalue(net=CHAOTIC, dim=3, degree=1), S.Zero, index=N),
        checks=(
            Route("integration by parts at the pole", Method.BALL, from_the_pole),
            Route("certified eigenvalues at three depths", Method.RECURSION, by_depths),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="Dominated convergence does not apply: K^L(x, x) ~ χ^L is no bounded majorant. The cap 1 − t ~ χ^{−L} adds "
        "about χ^{−L(d−3)/2} to every μ_k: the limit is (1 − c*)/(2s)·χ/(χ − 1) for d = 3, s = dc¹/dt, and for d = 2 "
        "μ_k grows like χ^{L/2}.",
        corrected=Claim(
            id="hayou2021/theorem3/chaotic-limit/corrected",
            where="theorem 3, last display (lines 263 and 1603)",
            printed=r"\lim_{L \rightarrow \infty} \mu_k^L = 0 \text{ for all } k \geq 1 \text{, on the Ordered phase, and on the "
            r"Chaotic phase if } d \geq 4",
            statement=VANISHING,
            checks=IN_DEPTH,
            expected=Verdict.SUPPORTED,
            note="Two networks, in dimensions 2, 3 (ordered) and 5 (chaotic).",
        ),
    ),
)
