"""The recursion of the NTK in hayou2020 (appendix B, proposition 1): which network it is for, and its derivative kernel."""

from __future__ import annotations

from sympy import Expr, Heaviside, Integer, Interval, Poly, Rational, S, Symbol, diff, factorial2, oo, sqrt

from symntk.claims import (
    IDENTITY,
    AtMost,
    BallIdentityAtRandomPoints,
    CertifiedWitness,
    Claim,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    covariance,
    derived,
    sampled,
)
from symntk.notation import Q1, X

BIAS, WEIGHT = Symbol("sigma_b", positive=True), Symbol("sigma_w", positive=True)
HERE, THERE = Symbol("x_1", positive=True), Symbol("x_2", positive=True)
"""Two inputs of dimension d = 1."""
POSITIVE = Interval.open(0, oo)
NETS = dict.fromkeys((BIAS, WEIGHT, HERE, THERE), POSITIVE)
ONES = {BIAS: 1, WEIGHT: 2, HERE: 1, THERE: 1}
SQUARE, CUBE = X**2, X**3
OUT = Symbol("B", real=True)
LATER = Symbol("n", integer=True, nonnegative=True)
DIAGONAL = {Q1: POSITIVE, LATER: S.Naturals0}
WIDTHS = (1, 2)

DECAY, FORCE = Symbol("alpha", positive=True), Symbol("k", positive=True)
FIRST, RATIO = Symbol("a_0", nonnegative=True), Symbol("s", positive=True)
"""s = e^{−β}."""
SLOWER, LARGER = Symbol("nu", positive=True), Symbol("mu", positive=True)
UNIT = Interval.open(0, 1)
ROOTS = (Symbol("a", nonnegative=True), Symbol("b", nonnegative=True))
"""√α and e^{−β/2}."""
LENGTHS = (1, 2, 3, 4)
SEQUENCES = {DECAY: UNIT, RATIO: UNIT, FORCE: POSITIVE, FIRST: Interval(0, oo)}
BOUND = FIRST + FORCE / (SLOWER - LARGER)


def parameters(width: int) -> list[Symbol]:
    """Standard Gaussian weights and biases of a net with one hidden layer, and the last bias."""
    return [Symbol(f"{name}_{j}", real=True) for name in "wvb" for j in range(width)] + [OUT]


def output(phi: Expr, width: int, value: Expr, scales: tuple[Expr, Expr, Expr]) -> Expr:
    """f(x) with the given factors in front of the first weights, the last weights and the biases."""
    total = scales[2] * OUT
    for j in range(width):
        first, last, bias = (Symbol(f"{name}_{j}", real=True) for name in "wvb")
        total += scales[1] * last * phi.subs(X, scales[0] * first * value + scales[2] * bias)
    return total


def gaussian_mean(polynomial: Expr, width: int) -> Expr:
    """The mean over independent standard Gaussian parameters."""
    symbols = parameters(width)
    terms = Poly(polynomial, *symbols).terms()
    return sum((c * _moments(powers) for powers, c in terms), S.Zero)


def _moments(powers: tuple[int, ...]) -> Expr:
    value: Expr = Integer(1)
    for n in powers:
        value = value * (S.Zero if n % 2 else factorial2(n - 1))
    return value


def scales(width: int) -> tuple[Expr, Expr, Expr]:
    """What multiplies standard Gaussians in weights of variance σ_w²/n and biases of variance σ_b²."""
    return WEIGHT, WEIGHT / sqrt(Integer(width)), BIAS


def tangent_kernel(phi: Expr, width: int, *, scaled_gradients: bool) -> Expr:
    """E Σ ∂f(x) ∂f(x′) over the parameters: standard Gaussians that are scaled, or the weights and biases themselves."""
    factors = scales(width)
    here, there = (output(phi, width, value, factors) for value in (HERE, THERE))
    total = S.Zero
    for symbol in parameters(width):
        share = S.One if scaled_gradients else _scale_of(symbol, factors)
        total += diff(here, symbol) * diff(there, symbol) / share**2
    return gaussian_mean(total, width)


def _scale_of(symbol: Symbol, factors: tuple[Expr, Expr, Expr]) -> Expr:
    return factors[{"w": 0, "v": 1}.get(str(symbol)[0], 2)]


def recursion(phi: Expr, slope_factor: Expr) -> Expr:
    """K² = K¹Σ̇² + Σ² with Σ̇² = slope_factor · E φ′φ′."""
    q1, q2, first = (BIAS**2 + WEIGHT**2 * a * b for a, b in ((HERE, HERE), (THERE, THERE), (HERE, THERE)))
    rho = first / (sqrt(q1) * sqrt(q2))
    slopes = covariance(diff(phi, X), rho=rho, q1=q1, q2=q2)
    return first * slope_factor * slopes + BIAS**2 + WEIGHT**2 * covariance(phi, rho=rho, q1=q1, q2=q2)


def one_step(phi: Expr, width: int, factor: Expr, *, scaled_gradients: bool) -> Equal:
    """The NTK of the net against the recursion."""
    return Equal(tangent_kernel(phi, width, scaled_gradients=scaled_gradients), recursion(phi, factor), on=NETS)


UNSCALED = one_step(SQUARE, 2, WEIGHT**2, scaled_gradients=False)
NO_WEIGHT = one_step(SQUARE, 1, S.One, scaled_gradients=True)


def unrolled(length: int, delay: int) -> Expr:
    """a_0 αˡ + k Σ_{j<l} αʲ s^{l−delay−j}."""
    return FIRST * DECAY**length + FORCE * sum(
        (DECAY**j * RATIO ** (length - delay - j) for j in range(length)), S.Zero
    )


def solution(length: int) -> Expr:
    """a_l where a_{l+1} = αa_l + k sˡ."""
    value: Expr = FIRST
    for step in range(length):
        value = DECAY * value + FORCE * RATIO**step
    return value


def halved(length: int) -> AtMost:
    """Σ_{j<l} αʲ e^{−β(l−j)} ≤ l e^{−βl/2} + l α^{l/2}."""
    a, b = ROOTS
    left = sum((a ** (2 * j) * b ** (2 * (length - j)) for j in range(length)), S.Zero)
    return AtMost(left, length * b**length + length * a**length, on=dict.fromkeys(ROOTS, Interval(0, 1)))


CLAIMS = (
    Claim(
        id="hayou2020/section4/network-of-the-recursion",
        where="eq. 10 with the initialization below it, and appendix B, last item of the list of results",
        printed=r"y_i^l(x) = \sum_{j=1}^{n_{l-1}} w_{ij}^l \phi(y_j^{l-1}(x)) + b_i^l, "
        r"\ w_{ij}^l \sim \mathcal{N}(0, \sigma_w^2/n_{l-1}), \ b_i^l \sim \mathcal{N}(0, \sigma_b^2), "
        r"\quad K^l(x, x') = K^{l-1}(x, x') \dot{\Sigma}^l(x, x') + \Sigma^l(x, x')",
        assumptions=(
            "φ = x², d = 1, one hidden layer of width 2, Σ̇ with the factor σ_w²; the dots are lost in the text",
        ),
        statement=UNSCALED,
        checks=(CertifiedWitness(ONES), DerivedQuantity(lambda: derived(UNSCALED.lhs))),
        expected=Verdict.REFUTED,
        kind="error",
        note="For the network as printed, the gradient in w¹ and b¹ lacks σ_w²/n and σ_b², and K grows with the width.",
        corrected=Claim(
            id="hayou2020/section4/network-of-the-recursion/corrected",
            where="eq. 10 with the initialization below it, and appendix B, last item of the list of results",
            printed=r"y_i^l(x) = \frac{\sigma_w}{\sqrt{n_{l-1}}} \sum_{j=1}^{n_{l-1}} w_{ij}^l \phi(y_j^{l-1}(x)) "
            r"+ \sigma_b b_i^l, \quad w_{ij}^l, b_i^l \sim \mathcal{N}(0, 1)",
            assumptions=("the mean over the parameters; φ = x², d = 1, one hidden layer of width 1 and 2",),
            statement=ForAll(WIDTHS, lambda n: one_step(SQUARE, n, WEIGHT**2, scaled_gradients=True)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
            note="This is the parametrisation of jacot2018, whose recursion the paper cites.",
        ),
    ),
    Claim(
        id="hayou2020/proposition1/derivative-kernel",
        where="proposition 1, proof, below the first display",
        printed=r"\dot{\Sigma}^l(x, x') = \mathbb{E}_{f \sim \mathcal{N}(0, \Sigma^{l-1})}[\phi'(f(x)) \phi'(f(x'))]",
        assumptions=(
            "in the network with scaled Gaussian parameters; φ = x², d = 1, one hidden layer of width 1",
            "Σ¹ is read with xᵀx′/d; the text shows no d",
        ),
        statement=NO_WEIGHT,
        checks=(CertifiedWitness(ONES), DerivedQuantity(lambda: derived(NO_WEIGHT.lhs))),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The factor σ_w² is lost. Without it Σ̇(x, x) = 1/2 for ReLU on the EOC, against propositions 2 and 3.",
        corrected=Claim(
            id="hayou2020/proposition1/derivative-kernel/corrected",
            where="proposition 1, proof, below the first display",
            printed=r"\dot{\Sigma}^l(x, x') = \sigma_w^2 "
            r"\mathbb{E}_{f \sim \mathcal{N}(0, \Sigma^{l-1})}[\phi'(f(x)) \phi'(f(x'))]",
            assumptions=("φ = x² and φ = x³, d = 1, one hidden layer of width 1",),
            statement=ForAll((SQUARE, CUBE), lambda phi: one_step(phi, 1, WEIGHT**2, scaled_gradients=True)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/section4/same-order",
        where="section 4, below proposition 1",
        printed=r"\text{an initialization on the EOC preserves the norm of the gradient as it back-propagates ... the terms } "
        r"\nabla_{\theta_l} f(\mathcal{X}, \theta_t) \nabla_{\theta_l} f(\mathcal{X}, \theta_t)^T "
        r"\text{ are of the same order}",
        assumptions=(
            "on the diagonal, for ReLU: layer l adds Σ^l(x, x) Π_{k>l} Σ̇^k(x, x), a product of n = L − l factors",
        ),
        statement=Equal(Q1 * (2 * covariance(Heaviside(X), rho=1, q1=Q1, q2=Q1)) ** LATER, Q1, on=DIAGONAL),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="Off the diagonal the product is of the order (l/L)³, as Σ̇^k = 1 − 3/k + …, and late layers dominate.",
    ),
    Claim(
        id="hayou2020/appendixB-lemma2/bound",
        where="appendix B, lemma 2 on sequences",
        printed=r"a_{l+1} \leq \alpha a_l + k e^{-\beta l}, \alpha \in (0, 1), k, \beta > 0. "
        r"\text{ Then there exists } \gamma > 0 \text{ such that } \forall l \geq 0, \ a_l \leq e^{-\gamma l}",
        assumptions=("read at l = 0, where the right side is 1",),
        statement=AtMost(FIRST, S.One, on={FIRST: Interval(0, oo)}),
        checks=(CertifiedWitness({FIRST: 2}), HighPrecisionAtPoints()),
        expected=Verdict.REFUTED,
        kind="error",
        note="A constant in front is missing.",
        corrected=Claim(
            id="hayou2020/appendixB-lemma2/bound/corrected",
            where="appendix B, lemma 2 on sequences",
            printed=r"a_l \leq (a_0 + \frac{k}{\nu - \mu}) \nu^l "
            r"\text{ for all } \nu \in (\mu, 1), \ \mu = \max(\alpha, e^{-\beta})",
            assumptions=("the step from l to l + 1: A = a_0 + k/(ν − μ) has αA + k ≤ νA, and k e^{−βl} ≤ kνˡ",),
            statement=Equal(
                SLOWER * BOUND - DECAY * BOUND - FORCE,
                (SLOWER - DECAY) * FIRST + FORCE * (LARGER - DECAY) / (SLOWER - LARGER),
                on={**SEQUENCES, SLOWER: Interval.open(Rational(3, 4), 1), LARGER: Interval.open(0, Rational(1, 2))},
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="Both terms on the right are not negative for α ≤ μ < ν.",
        ),
    ),
    Claim(
        id="hayou2020/appendixB-lemma2/unrolled",
        where="appendix B, lemma 2 on sequences, proof, first line",
        printed=r"a_l \leq a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-j)}",
        assumptions=("with equality in the hypothesis; l = 1, …, 4",),
        statement=ForAll(LENGTHS, lambda n: AtMost(solution(n), unrolled(n, 0), on=SEQUENCES)),
        checks=(
            CertifiedWitness({DECAY: Rational(1, 2), RATIO: Rational(1, 2), FORCE: 1, FIRST: 0}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="At l = 1 the sum is e^{−β}, but a_1 may be αa_0 + k.",
        corrected=Claim(
            id="hayou2020/appendixB-lemma2/unrolled/corrected",
            where="appendix B, lemma 2 on sequences, proof, first line",
            printed=r"a_l \leq a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-1-j)}",
            assumptions=("with equality in the hypothesis, where it is an equation; l = 1, …, 4",),
            statement=ForAll(LENGTHS, lambda n: Equal(solution(n), unrolled(n, 1), on=SEQUENCES)),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
        ),
    ),
    Claim(
        id="hayou2020/appendixB-lemma2/two-parts",
        where="appendix B, lemma 2 on sequences, proof, second line",
        printed=r"a_0 \alpha^l + k \sum_{j=0}^{l-1} \alpha^j e^{-\beta(l-j)} "
        r"\leq a_0 \alpha^l + k l e^{-\beta l/2} + k l \alpha^{l/2}",
        assumptions=("the factors before the powers are broken: read l, for with l/2 it fails at l = 1", "l = 1, …, 4"),
        statement=ForAll(LENGTHS, halved),
        checks=sampled(BallIdentityAtRandomPoints(count=20), HighPrecisionAtPoints(count=20)),
        expected=Verdict.SUPPORTED,
    ),
)
