"""Appendix B of jacot2019, what its other files leave: ranges, the sum of theorem 1, and the limits of the NTK."""

from __future__ import annotations

from flint import acb, arb
from sympy import Add, Derivative, Expr, Integer, Interval, Mul, Rational, S, Symbol, cos, diff

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.claims import (
    IDENTITY,
    INEQUALITY,
    And,
    AtMost,
    BallLimit,
    Claim,
    ConvergesTo,
    Equal,
    ForAll,
    HighPrecisionLimit,
    Prose,
    Verdict,
    covariance,
    derived,
    iterated,
    sampled,
)
from symntk.claims.statement import Sequence
from symntk.gaussian.dual import dual
from symntk.gaussian.moments import normalized, standardized
from symntk.notation import RHO, N, X
from symntk.numbers.ball import ball_function, enclose
from symntk.numbers.precision import working_precision

WHOLE = {RHO: Interval(-1, 1)}
RATE, DEPTH = Symbol("r", positive=True), Symbol("L", integer=True, positive=True)
LAYERS = 5
KERNELS = tuple(Symbol(f"k_{n}", real=True) for n in range(1, LAYERS + 1))
SLOPES = tuple(Symbol(f"d_{n}", real=True) for n in range(1, LAYERS + 1))
ANY_VALUES = {symbol: Interval(-1, 1) for symbol in (*KERNELS, *SLOPES)}
"""Σ⁽¹⁾, …, Σ⁽ᴸ⁾ and Σ̇⁽¹⁾, …, Σ̇⁽ᴸ⁾ as free numbers."""

RELU = standardized(activation("relu"))
NORMALISED_RELU = normalized(activation("relu"))
SINE = standardized(activation("sin"))
COSINE = standardized(Activation(name="cos(sqrt(2)*x)", expression=cos(2 ** Rational(1, 2) * X)))
CAST = (RELU, NORMALISED_RELU, SINE, COSINE)
FROZEN = ((SINE, Rational(9, 10)), (COSINE, Rational(9, 10)))


def by_definition(depth: int) -> Expr:
    """Σ_ℓ Σ⁽ˡ⁾·Π_{k>ℓ} Σ̇⁽ᵏ⁾, as theorem 1 defines Θ⁽ᴸ⁾."""
    return Add(*(KERNELS[n] * Mul(*SLOPES[n + 1 : depth]) for n in range(depth)))


def network(case: tuple[Activation, Expr]) -> tuple[Expr, Expr]:
    """B∘R and its slope (1 − β²)R_σ̇, in closed form."""
    sigma, bias = case
    slope = derived(covariance(diff(sigma.expression, X)))
    return bias + (1 - bias) * dual(sigma).expression, (1 - bias) * slope


def normalised_kernel(case: tuple[Activation, Expr], rho: Expr) -> Sequence:
    """ϑ⁽ᴸ⁾ at ρ, as balls."""
    image, slope = network(case)
    kernels = iterated(image, RHO, case[1] + (1 - case[1]) * rho)
    function, largest = ball_function(slope, (RHO,)), slope.subs(RHO, 1)

    def term(index: int, bits: int) -> arb:
        precision = bits + 4 * index
        with working_precision(precision):
            total, whole, r = kernels(1, precision), arb(1), enclose(largest, bits=precision)
            for layer in range(2, index + 1):
                total = kernels(layer, precision) + function(acb(kernels(layer - 1, precision))).real * total
                whole = 1 + r * whole
            return total / whole

    return term


STARTS = (Integer(-1), Integer(0), Rational(1, 2))

CLAIMS = (
    Claim(
        id="jacot2019/appendix-b/dual-range",
        where="appendix B (lines 337 and 347)",
        printed=r"R_{\sigma}, B_{\beta}: [-1,1] \to [-1,1]; \quad \Sigma^{(\ell)}(x,y) \leq 1",
        statement=ForAll(
            CAST,
            lambda s: And((AtMost(covariance(s), S.One, on=WHOLE), AtMost(S.NegativeOne, covariance(s), on=WHOLE))),
        ),
        checks=sampled(*INEQUALITY),
        expected=Verdict.SUPPORTED,
        note="R for the standardised ReLU, the normalised ReLU, sin x and cos √2x; B is a claim of its own.",
    ),
    Claim(
        id="jacot2019/appendix-b/property2-every-power",
        where="appendix B, property 2 (line 350)",
        printed=r"\text{For any } \rho \in (-1,0),\ R_{\sigma}(\rho) > \rho",
        assumptions=("σ is a non-linearity in the literal sense: not ±x",),
        statement=Equal(
            RHO ** (N + 2) - RHO, -RHO * (1 - RHO ** (N + 1)), on={RHO: Interval.open(-1, 0), N: S.Naturals0}
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The powers ρⁿ, n ≥ 2, exceed ρ by −ρ(1 − ρⁿ⁻¹) > 0, and ρ⁰ = 1 > ρ. R is their mean with weights ≥ 0, one of "
        "them besides that of n = 1 being positive.",
    ),
    Claim(
        id="jacot2019/appendix-b/property3-every-power",
        where="appendix B, property 3 (line 351)",
        printed=r"R_{\sigma} \text{ is convex in } [0, 1)",
        statement=Equal(
            Derivative(RHO ** (N + 2), (RHO, 2)),
            (N + 2) * (N + 1) * RHO**N,
            on={RHO: Interval.open(0, 1), N: S.Naturals0},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Second derivatives ≥ 0 of the powers n ≥ 2, those of n < 2 being 0; R is their mean with weights ≥ 0.",
    ),
    Claim(
        id="jacot2019/appendix-b/sum-of-theorem-1",
        where="appendix B, proof of theorem 2 (line 416), with theorem 1 (line 110)",
        printed=r"\Theta_{\infty}^{(L)}(x,y) = \sum_{\ell=1}^{L} \Sigma^{(\ell)}(x,y) \dot{\Sigma}^{(\ell+1)}(x,y) "
        r"\dots \dot{\Sigma}^{(L)}(x,y)",
        statement=ForAll(
            tuple(range(1, LAYERS)),
            lambda depth: Equal(
                by_definition(depth + 1),
                KERNELS[depth] + SLOPES[depth] * by_definition(depth),
                on={s: ANY_VALUES[s] for s in (*KERNELS[: depth + 1], *SLOPES[1 : depth + 1])},
            ),
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note=f"For L < {LAYERS} and free values of Σ and Σ̇: the sum obeys Θ⁽ᴸ⁺¹⁾ = Σ⁽ᴸ⁺¹⁾ + Σ̇⁽ᴸ⁺¹⁾Θ⁽ᴸ⁾.",
    ),
    Claim(
        id="jacot2019/appendix-b/diagonal-growth",
        where="appendix B (line 400)",
        printed=r"\text{in the ``chaos'' regime } \Theta_{\infty}^{(L)}(x,x) \text{ grows exponentially}",
        statement=Equal(
            (1 - RATE**DEPTH) / (1 - RATE) * RATE**-DEPTH,
            1 / (RATE - 1) - RATE**-DEPTH / (RATE - 1),
            on={RATE: Interval.open(1, 4), DEPTH: S.Naturals},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For every L: r^{−L}Θ(x, x) = (1 − r^{−L})/(r − 1), which lies between 1/r and 1/(r − 1).",
    ),
    Claim(
        id="jacot2019/appendix-b/frozen-constant",
        where="section 4.1 (line 157)",
        printed=r"\text{in the frozen regime, the normalized NTK } \vartheta^{(L)} \text{ converges to a constant}",
        statement=ForAll(
            FROZEN, lambda case: And(tuple(ConvergesTo(normalised_kernel(case, rho), S.One, index=N) for rho in STARTS))
        ),
        checks=(BallLimit(reach=8), HighPrecisionLimit(reach=8)),
        expected=Verdict.SUPPORTED,
        note="To 1, for sin x and cos √2x standardised with β² = 9/10 and ρ = −1, 0, 1/2.",
    ),
    Claim(
        id="jacot2019/appendix-b/average-on-the-circle",
        where="section 4.1 (line 161), figure 1",
        printed=r"\text{a ReLU Net with } \beta=0.1 \text{ has a strong affinity to the constant mode as witnessed by "
        r"the large average value of the normalized NTK on the circle } \mathbb{E}_x[\vartheta^{(L)}(x_0,x)]",
        statement=Prose(
            "A ReLU net with β = 0.1 has a strong affinity to the constant mode.",
            "no value is printed that the average could be compared with; it is read off a figure",
        ),
        expected=Verdict.OUT_OF_SCOPE,
    ),
)
