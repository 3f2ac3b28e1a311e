"""Theorem 2 of jacot2019 in the frozen regime needs E σ̈² < ∞: a twice differentiable σ without it freezes slower."""

from __future__ import annotations

from functools import cache
from typing import Any

from flint import acb, arb
from mpmath import mp, mpf
from sympy import Expr, Integer, Poly, Rational, S, Symbol, cos, diff, expand, integrate, log

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    And,
    AsymptoticTo,
    BallLimit,
    Claim,
    ForAll,
    HighPrecisionLimit,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
    covariance,
    derived,
    iterated,
)
from symntk.claims.checks import Finding, doubted, refuted, supported, unknown
from symntk.claims.statement import Sequence
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import standardized
from symntk.notation import RHO, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

DEPTH = Symbol("L", integer=True, positive=True)
HALF = Rational(1, 2)
BUMPS = 40
"""Bumps that are looked at; those beyond only enlarge the lower bound, and E σ̇² by less than 10⁻¹⁰⁰."""
BITS = 256

SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(x)", expression=cos(X)))
FROZEN = ((SINE, Rational(16, 25)), (COSINE, Rational(16, 25)))

# σ(x) = c + ∫₀ˣ f, f = Σ_{k≥1} h((x − k)/w_k), w_k = exp(−k²), h(t) = (1 − t²)² on [−1, 1], c ≥ 0 such that E σ² = 1.
# σ is twice continuously differentiable and Lipschitz (0 ≤ f ≤ 1, disjoint bumps); β = 0, r = E f², inputs at ρ = 0.
# With γ_l = 1 − Σ⁽ˡ⁾ and D(γ) = R_σ̇(1) − R_σ̇(1 − γ) = ½E(f(u) − f(v))²:
# (1) γ_l ≤ r^{l−1}, and γ_{l+1} ≥ γ_l·R_σ̇(1 − γ_l), since R_σ is convex on [0, 1]; so γ_l ≥ c_∞·r^{l−1} with
#     c_∞ = Π max(R_σ̇(0), r − A·r^{(l−1)/2})/r, because D(γ) ≤ Σ min(γ·E f_k′², E f_k²) ≤ A√γ.
# (2) G(γ) = D(γ)/γ does not increase, since R_σ̇ is convex; for γ ≤ w_m² it is at least D(w_m²)/w_m², and
#     D(w_m²) ≥ ½E[f_m(u)²·1(f(v) = 0)], as v leaves the bump where u is with a probability of at least 1 − P_m.
# (3) Θ(x, x) − Θ(x, y) = Σ r^{L−1−l}·D(γ_l)Θ⁽ˡ⁾(x, y) + Σ r^{L−l}γ_l, Θ⁽ˡ⁾(x, y) ≥ Σ⁽ˡ⁾ ≥ R_σ(0) ≥ 1 − r for l ≥ 2
#     (Poincaré), Θ(x, x) ≤ 1/(1 − r). Together (1 − ϑ⁽ᴸ⁾)/rᴸ ≥ (1 − r)·c_∞·r⁻¹·(L + (1 − r)·r⁻¹·Σ G(r^{l−1})), the sum
#     over 2 ≤ l < L, and G → ∞.


def width(k: int) -> arb:
    """w_k."""
    return arb(-k * k).exp()


@cache
def moment(k: int, kind: str) -> arb:
    """E f_k, E f_k² or E f_k′², as balls."""
    w = width(k)
    shapes = {
        "mean": (lambda t: (1 - t * t) ** 2, w),
        "square": (lambda t: (1 - t * t) ** 4, w),
        "slope": (lambda t: 16 * (t * (1 - t * t)) ** 2, 1 / w),
    }
    shape, scale = shapes[kind]
    integral = acb.integral(lambda t, _: shape(t) * (-k * w * t - (w * t) ** 2 / 2).exp(), -1, 1).real
    return scale * integral * (-arb(k * k) / 2).exp() / (2 * arb.pi()).sqrt()


@cache
def rate() -> arb:
    """r = E f²; the bumps from BUMPS + 1 on have E f_k² ≤ w_k."""
    known = sum((moment(k, "square") for k in range(1, BUMPS + 1)), arb(0))
    return known + arb(0, 2 * width(BUMPS + 1).upper())


def growth(m: int) -> arb:
    """A lower bound of G(γ) for γ ≤ w_m², m ≥ 2: ½(1 − P_m)·E f_m²/w_m²."""
    w = width(m)
    spread = (2 * w**2 - w**4).sqrt()
    inside = 2 * w / (spread * (2 * arb.pi()).sqrt())
    far = (1 - width(1)) - w - w**2 * (m + w)
    return (1 - inside - (-((far / spread) ** 2) / 2).exp()) * moment(m, "square") / (2 * w**2)


def least_growth(gamma: arb) -> arb:
    """The best of these bounds at γ, 0 if there is none."""
    usable = [growth(m).lower() for m in range(2, BUMPS + 1) if gamma.upper() <= (width(m) ** 2).lower()]
    return max(usable, default=arb(0))


@cache
def koenigs() -> arb:
    """c_∞ of step (1), from below."""
    r, last = rate(), 40
    at_zero = sum((moment(k, "mean") for k in range(1, BUMPS + 1)), arb(0)) ** 2
    scale = (
        sum(((moment(k, "square") * moment(k, "slope")).sqrt() for k in range(1, BUMPS + 1)), arb(0)) + arb(1) / 1000
    )
    product = arb(1)
    for layer in range(1, last + 1):
        product *= arb(max(at_zero.lower(), (r - scale * r.sqrt() ** (layer - 1)).lower())) / r
    return product * (1 - scale / r * r.sqrt() ** last / (1 - r.sqrt()))


def log_defect(index: int, bits: int) -> arb:
    """log((1 − ϑ⁽ᴸ⁾)/rᴸ) as a ball: between the logarithm of the lower bound of step (3) and −L·log r."""
    with working_precision(max(BITS, bits)):
        r = rate()
        total = sum((least_growth(r ** (layer - 1)) for layer in range(2, index)), arb(0))
        lower = (1 - r) * koenigs() / r * (index + (1 - r) / r * total)
        return lower.log().union(-index * r.log())


def by_certified_bounds(statement: Statement) -> Finding:
    """The lower bound stays above L/4 at depths that double: by step (3) it is more than any multiple of log L."""
    if not isinstance(statement, AsymptoticTo) or isinstance(statement.lhs, Expr) or statement.order != log(DEPTH):
        return unknown("this route reads a sequence and the order log L")
    depths = (20, 40, 80, 160, 320, 640)
    lower = [statement.lhs(depth, BITS).lower() for depth in depths]
    rises = all(growth(m + 1) > 4 * growth(m) for m in range(2, BUMPS))
    if rises and all(bound > arb(depth) / 4 for bound, depth in zip(lower, depths, strict=True)):
        gap = (lower[-1] - enclose(statement.rhs, bits=64)).str(12)
        return refuted("the bound grows in proportion to L", Witness(point=(("L", str(depths[-1])),), gap=gap))
    return unknown("the lower bounds do not grow")


@cache
def bend() -> tuple[Any, ...]:
    """The coefficients of ∫h² − ∫h(t)h(t + s)dt in s, 0 ≤ s ≤ 2, from the highest power down."""
    t, s = Symbol("t"), Symbol("s")
    overlap = integrate(expand((1 - t**2) ** 2 * (1 - (t - s) ** 2) ** 2), (t, s - 1, 1))
    coefficients = Poly(expand(Rational(256, 315) - overlap), s).all_coeffs()
    return tuple(mpf(int(c.p)) / int(c.q) for c in coefficients)


def narrow(x: Any) -> Any:
    """½E(h(t) − h(t + √(2x)z))², integrated over t: D of one narrow bump in its own units, γ = x·w²."""
    whole, width_, steps = mpf(256) / 315, mp.sqrt(2 * x), 40
    if x < 1e-10:
        return mpf(128) / 105 * 2 * x
    if x > 1e20:
        return whole
    reach = min(mpf(2), 12 * width_)
    nodes = [reach * (j + mpf(1) / 2) / steps for j in range(steps)]
    inside = sum((mp.polyval(bend(), s) * mp.exp(-((s / width_) ** 2) / 2) for s in nodes), mpf(0)) * reach / steps
    return 2 * inside / (width_ * mp.sqrt(2 * mp.pi)) + whole * mp.erfc(2 / width_ / mp.sqrt(2))


def by_iteration(statement: Statement) -> Finding:
    """The recursion with every bump taken as narrow, D(γ) = Σ φ(k)w_k·narrow(γ/w_k²), and ∫D as that of γ^{3/4}."""
    if not isinstance(statement, AsymptoticTo) or statement.order != log(DEPTH):
        return unknown("this route reads the order log L")
    with mp.workdps(40):
        r, seen = mpf(str(rate().mid().str(30, radius=False))), list[Any]()
        gamma, missing, whole = mpf(1), mpf(1), mpf(1)
        for depth in range(2, 81):
            lost = sum(
                mp.exp(-mpf(3 * k * k) / 2) / mp.sqrt(2 * mp.pi) * narrow(gamma * mp.exp(2 * k * k))
                for k in range(1, 15)
            )
            lost = min(lost, r)
            missing = r * missing + lost * (whole - missing)
            gamma = gamma * (r - mpf(4) / 7 * lost)
            missing, whole = missing + gamma, 1 + r * whole
            if depth in (20, 40, 80):
                seen.append(mp.log(missing / whole / r**depth) / mp.log(depth))
        text = "the quotients are " + ", ".join(str(mp.nstr(value, 4)) for value in seen)
    return doubted(text) if seen[2] > 1.4 * seen[1] > 1.96 * seen[0] else supported(text)


def defect(case: tuple[Activation, Expr], rho: Expr) -> Sequence:
    """1 − ϑ⁽ᴸ⁾ of a network with E σ̈² < ∞, as balls."""
    sigma, bias = case
    slope = (1 - bias) * derived(covariance(diff(sigma.expression, X)))
    kernels = iterated(bias + (1 - bias) * dual(sigma).expression, RHO, bias + (1 - bias) * rho)
    function, r = ball_function(slope, (RHO,)), slope.subs(RHO, 1)

    def term(index: int, bits: int) -> arb:
        precision = bits + 4 * index
        with working_precision(precision):
            total, whole, ratio = kernels(1, precision), arb(1), enclose(r, bits=precision)
            for layer in range(2, index + 1):
                kernel = kernels(layer - 1, precision)
                total = kernels(layer, precision) + function(acb(kernel)).real * total
                whole = 1 + ratio * whole
            return 1 - total / whole

    return term


def freezes(case: tuple[Activation, Expr]) -> Statement:
    """1 − ϑ⁽ᴸ⁾ = O(L·rᴸ) from three correlations."""
    r = derived((1 - case[1]) * covariance(diff(case[0].expression, X), rho=1))
    return And(
        tuple(
            AsymptoticTo(defect(case, rho), S.Zero, variable=DEPTH, order=DEPTH * r**DEPTH)
            for rho in (Integer(-1), Integer(0), HALF)
        )
    )


CLAIMS = (
    Claim(
        id="jacot2019/theorem2/freeze",
        where="section 4.1, theorem 2 (lines 147 to 151), and appendix B, theorem 2 (lines 404 to 408)",
        printed=r"\text{Suppose that } \sigma \text{ is twice differentiable and standardized. If } "
        r"r_{\sigma,\beta} < 1 [\ldots] \text{ there exists } C_1 \text{ such that for } x, y \in \mathbb{S}_{n_0}, "
        r"1 - C_1 L r_{\sigma,\beta}^L \le \vartheta^{(L)}(x,y) \le 1",
        assumptions=(
            "σ̇(x) = Σ_{k≥1} h((x − k)·exp(k²)), h(t) = (1 − t²)² on [−1, 1]; σ(0) such that E σ² = 1; β = 0, x ⊥ y",
        ),
        statement=AsymptoticTo(log_defect, S.Zero, variable=DEPTH, order=log(DEPTH)),
        checks=(
            Route("certified lower bound", Method.BALL, by_certified_bounds),
            Route("iteration with narrow bumps", Method.RECURSION, by_iteration),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        corrected=Claim(
            id="jacot2019/theorem2/freeze/corrected",
            where="section 4.1, theorem 2 (lines 147 to 151)",
            printed=r"\text{Suppose that } \sigma \text{ is twice differentiable and standardized, and that } "
            r"\mathbb{E}[\ddot{\sigma}(z)^2] < \infty \; [\ldots]",
            statement=ForAll(FROZEN, freezes),
            checks=(BallLimit(reach=6), HighPrecisionLimit(reach=6)),
            expected=Verdict.SUPPORTED,
            note="For sin x and cos x standardised with β = 4/5, from ρ = −1, 0, 1/2. The claims on the lines of the "
            "proof hold for every such σ. Conversely the printed bound needs E σ̈² < ∞: it bounds D(γ_l)/γ_l on average "
            "over the layers, and D(γ)/γ rises to (1 − β²)E σ̈² as γ falls.",
        ),
        note="σ is twice continuously differentiable and Lipschitz, r = 0.0731… < 1 and E σ̈² = ∞. The theorem would "
        "make log((1 − ϑ⁽ᴸ⁾)/rᴸ) at most log L + log C₁; it is above L/4 (the rate is about r^{3L/4}, not r^L). The "
        "proof uses ψ, which holds E σ̈².",
    ),
)
