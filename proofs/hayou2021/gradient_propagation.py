"""How hayou2021 sends gradients back through fully connected and convolutional layers (appendix 4.1.2 and 4.1.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from sympy import Derivative, Expr, Interval, Rational, S, Symbol, diff, oo, sqrt, symbols, tanh

from symntk.claims import (
    IDENTITY,
    LIMIT,
    And,
    CertifiedWitness,
    Claim,
    ConvergesTo,
    DerivedQuantity,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    QuadratureAtPoints,
    Verdict,
    covariance,
    derived,
    expectation,
    sampled,
)
from symntk.claims.checks import Check
from symntk.notation import Q1, N, X

W2 = Symbol("w", positive=True)
"""σ_w²."""
GRADIENT, ENERGY = Symbol("g", real=True), Symbol("e", nonnegative=True)
"""A factor of two different neurons, and E (∂L/∂y)² of the layer above."""
SLOPE_SQUARE = Symbol("s", nonnegative=True)
"""E φ′(√q Z)²."""
ABOVE, BELOW, REACH = symbols("m n k", integer=True, positive=True)
SIZES = {ABOVE: S.Naturals, BELOW: S.Naturals}
POSITIVE = Interval(0, oo)
SAME, OTHER = expectation(X**2), expectation(X) ** 2
"""E w_j² and E w_j w_k for independent standard weights."""
Y, Z = symbols("y z", real=True)
"""Pre-activations of the layer below."""
ACTIVATIONS = (X**2, X**3, tanh(X))
POSITIONS, FILTER, CHANNELS = range(3), (-1, 0, 1), range(2)
CHANCE = "the weights that carry gradients back are independent of everything else (gradient independence)"


def refuting(statement: Equal, point: Mapping[Symbol, Expr | int]) -> tuple[Check, ...]:
    """Two routes against an identity: a ball at a point, and the left side in closed form."""
    return CertifiedWitness(point), DerivedQuantity(lambda: derived(statement.lhs))


def weight(output: int, source: int, shift: int) -> Expr:
    """A filter weight W_{i,j,β} of layer l + 1; all twelve differ."""
    return Rational(1 + 7 * output + 3 * source + shift * shift + 2 * shift, 5)


def loss_gradient(channel: int, position: int) -> Expr:
    """∂L/∂y_{i,α}^{l+1} of the loss Σ g_{i,α} y_{i,α}^{l+1}."""
    return Rational(2 + channel - 5 * position, 3)


def below(channel: int, position: int) -> Expr:
    """y_{i,α}^l: free in the first channel at position 0, numbers elsewhere."""
    return Y if channel == position == 0 else Rational(1 + channel + 2 * position, 4)


def convolved_loss(phi: Expr, weights: Callable[[int, int, int], Expr] = weight) -> Expr:
    """The loss of one circular convolution of φ(y) with two channels and three positions, as eq. 11 writes it."""
    return sum(
        (
            loss_gradient(i, a) * weights(i, j, b) * phi.subs(X, below(j, (a + b) % 3))
            for i, j, a, b in product(CHANNELS, CHANNELS, POSITIONS, FILTER)
        ),
        S.Zero,
    )


def back_convolved(phi: Expr, swapped: bool) -> Expr:
    """Σ_j Σ_β ∂L/∂y_{j,α−β} W φ′(y_{i,α}) at i = 0, α = 0, with W_{i,j,β} as printed or with W_{j,i,β}."""
    slope = diff(phi, X).subs(X, Y)
    return sum(
        (
            loss_gradient(j, -b % 3) * (weight(j, 0, b) if swapped else weight(0, j, b)) * slope
            for j, b in product(CHANNELS, FILTER)
        ),
        S.Zero,
    )


def weight_gradient(phi: Expr) -> Equal:
    """∂L/∂W_{0,1,1} of the convolution against Σ_α ∂L/∂y_{0,α} φ(y_{1,α+1})."""
    free = Symbol("W", real=True)
    loss = convolved_loss(phi, lambda *index: free if index == (0, 1, 1) else weight(*index))
    printed = sum((loss_gradient(0, a) * phi.subs(X, below(1, (a + 1) % 3)) for a in POSITIONS), S.Zero)
    return Equal(Derivative(loss, free), printed, on={free: Interval(-2, 2), Y: Interval(-2, 2)})


def dense_gradient(phi: Expr) -> Equal:
    """∂L/∂y_1 of L = u₁²/2 + u₁u₂ + 3u₂, u_j = Σ W_{ji} φ(y_i), against φ′(y_1) Σ_j ∂L/∂u_j W_{j1}."""
    w = ((Rational(1, 2), Rational(-2)), (Rational(3), Rational(1, 3)))
    u = [row[0] * phi.subs(X, Y) + row[1] * phi.subs(X, Z) for row in w]
    loss, slopes = u[0] ** 2 / 2 + u[0] * u[1] + 3 * u[1], (u[0] + u[1], u[0] + 3)
    printed = diff(phi, X).subs(X, Y) * (slopes[0] * w[0][0] + slopes[1] * w[1][0])
    return Equal(Derivative(loss, Y), printed, on={Y: Interval(-1, 1), Z: Interval(-1, 1)})


def crossed(scale: Expr, sizes: tuple[Symbol, ...]) -> Equal:
    """The summands with two different weights vanish."""
    on = {GRADIENT: Interval(-2, 2), W2: POSITIVE.interior, **dict.fromkeys(sizes, S.Naturals)}
    return Equal(W2 * scale * OTHER * GRADIENT, 0, on=on)


ENERGIES = {ENERGY: POSITIVE, SLOPE_SQUARE: POSITIVE, W2: POSITIVE.interior}
SWAPPED = Equal(Derivative(convolved_loss(X**2), Y), back_convolved(X**2, swapped=False), on={Y: Interval(-2, 2)})
VARIANCES = symbols("v0:3", positive=True)
ENERGIES_ABOVE = symbols("e0:3", nonnegative=True)
SPREAD = {**dict.fromkeys(VARIANCES, POSITIVE.interior), **dict.fromkeys(ENERGIES_ABOVE, POSITIVE)}


def factor(variance: Expr) -> Expr:
    """χ(q) with σ_w = 1 for φ(x) = x²."""
    return covariance(2 * X, rho=1, q1=variance, q2=variance)


def summed(variances: tuple[Expr, ...]) -> Expr:
    """Σ_α E(∂L/∂y_α^l)² over three positions with the filter [−1 : 1], by the recursion just before it in the paper."""
    total = sum(ENERGIES_ABOVE, S.Zero) / 3
    return sum((factor(v) * total for v in variances), S.Zero)


UNEQUAL = Equal(summed(VARIANCES), factor(VARIANCES[0]) * sum(ENERGIES_ABOVE, S.Zero), on=SPREAD)
SLOPE, EDGE_VARIANCE = diff(tanh(X), X), Rational(1, 2)
EDGE_MOMENT = expectation(SLOPE.subs(X, sqrt(EDGE_VARIANCE) * X) ** 2)
"""1/σ_w² on the edge of chaos of tanh at q = 1/2."""
MOVING = Equal(covariance(SLOPE, rho=1, q1=Q1, q2=Q1) / EDGE_MOMENT, 1, on={Q1: Interval.Lopen(0, 2)})

CLAIMS = (
    Claim(
        id="hayou2021/appendix4.1.2/dense-chain-rule",
        where="appendix, section 4.1.2, FFNN",
        printed=r"\frac{\partial \mathcal{L}}{\partial y_i^l} = \phi'(y_i^l) "
        r"\sum_{j=1}^{N_{l+1}} \frac{\partial \mathcal{L}}{\partial y_j^{l+1}} W_{ji}^{l+1}",
        assumptions=("W = σ_w w/√N_l",),
        statement=ForAll(ACTIVATIONS, dense_gradient),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="Two neurons in both layers, a quadratic loss, and x², x³, tanh.",
    ),
    Claim(
        id="hayou2021/appendix4.1.2/dense-recursion",
        where="appendix, section 4.1.2, FFNN",
        printed=r"\bar{q}^l(x) = \bar{q}^{l+1}(x) \frac{N_{l+1}}{N_l} \chi(q^l(x))",
        assumptions=(CHANCE, "W of variance σ_w²/N_l; χ = σ_w² E φ′²"),
        statement=And(
            (
                crossed(1 / BELOW, (BELOW,)),
                Equal(
                    ABOVE * (W2 / BELOW) * SAME * ENERGY * SLOPE_SQUARE,
                    ENERGY * (ABOVE / BELOW) * (W2 * SLOPE_SQUARE),
                    on={**ENERGIES, **SIZES},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="m = N_{l+1} summands with the same weight twice, n = N_l; those with two weights vanish.",
    ),
    Claim(
        id="hayou2021/appendix4.1.2/filter-gradient",
        where="appendix, section 4.1.2, CNN, first display",
        printed=r"\frac{\partial \mathcal{L}}{\partial W_{i,j,\beta}^l} = "
        r"\sum_{\alpha} \frac{\partial \mathcal{L}}{\partial y_{i,\alpha}^l} \phi(y_{j,\alpha+\beta}^{l-1})",
        statement=ForAll(ACTIVATIONS, weight_gradient),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="Two channels, three positions, k = 1, and x², x³, tanh.",
    ),
    Claim(
        id="hayou2021/appendix4.1.2/convolution-chain-rule",
        where="appendix, section 4.1.2, CNN, second display",
        printed=r"\frac{\partial \mathcal{L}}{\partial y_{i,\alpha}^l} = \sum_{j=1}^n \sum_{\beta \in \ker} "
        r"\frac{\partial \mathcal{L}}{\partial y_{j,\alpha-\beta}^{l+1}} W_{i,j,\beta}^{l+1} \phi'(y_{i,\alpha}^l)",
        assumptions=("the first index of W is the channel it leads to, as in eq. 11; φ(x) = x²",),
        statement=SWAPPED,
        checks=refuting(SWAPPED, {Y: 1}),
        expected=Verdict.REFUTED,
        kind="misprint",
        note="The channel indices are exchanged; the FFNN formula has W_{ji}.",
        corrected=Claim(
            id="hayou2021/appendix4.1.2/convolution-chain-rule/corrected",
            where="appendix, section 4.1.2, CNN, second display",
            printed=r"\frac{\partial \mathcal{L}}{\partial y_{i,\alpha}^l} = \sum_{j=1}^n \sum_{\beta \in \ker} "
            r"\frac{\partial \mathcal{L}}{\partial y_{j,\alpha-\beta}^{l+1}} W_{j,i,\beta}^{l+1} "
            r"\phi'(y_{i,\alpha}^l)",
            statement=ForAll(
                ACTIVATIONS,
                lambda phi: Equal(
                    Derivative(convolved_loss(phi), Y), back_convolved(phi, swapped=True), on={Y: Interval(-2, 2)}
                ),
            ),
            checks=IDENTITY,
            expected=Verdict.SUPPORTED,
            note="Two channels, three positions, k = 1.",
        ),
    ),
    Claim(
        id="hayou2021/appendix4.1.2/convolution-recursion",
        where="appendix, section 4.1.2, CNN, third display",
        printed=r"\mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha}^l)^2 ] = "
        r"\frac{\sigma_w^2 \mathbb{E} [ \phi'(\sqrt{q_{\alpha}^l(x)}Z)^2 ]}{2k+1} "
        r"\sum_{\beta \in \ker} \mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha-\beta}^{l+1})^2 ]",
        assumptions=(CHANCE, "layers l and l + 1 have the same number n of channels, as the sum to n says"),
        statement=And(
            (
                crossed(1 / (BELOW * (2 * REACH + 1)), (BELOW, REACH)),
                Equal(
                    BELOW * (W2 / (BELOW * (2 * REACH + 1))) * SAME * ENERGY * SLOPE_SQUARE,
                    W2 * SLOPE_SQUARE / (2 * REACH + 1) * ENERGY,
                    on={**ENERGIES, BELOW: S.Naturals, REACH: S.Naturals},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="For each β. With unequal numbers of channels a factor n_{l+1}/n_l is missing, which the FFNN formula has.",
    ),
    Claim(
        id="hayou2021/appendix4.1.2/summed-recursion",
        where="appendix, section 4.1.2, CNN, last display",
        printed=r"\sum_{\alpha} \mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha}^l)^2 ] = \chi(q_{\alpha}^l(x)) "
        r"\sum_{\alpha} \mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha}^{l+1})^2 ]",
        assumptions=("σ_w = 1, φ(x) = x², three positions, k = 1; the free α on the right is 0",),
        statement=UNEQUAL,
        checks=refuting(UNEQUAL, {**dict(zip(VARIANCES, (1, 2, 2), strict=True)), **dict.fromkeys(ENERGIES_ABOVE, 1)}),
        expected=Verdict.REFUTED,
        kind="error",
        note="χ(q_α^l) depends on α unless all positions have the same variance (assumption 1) or φ is ReLU.",
        corrected=Claim(
            id="hayou2021/appendix4.1.2/summed-recursion/corrected",
            where="appendix, section 4.1.2, CNN, last display",
            printed=r"\sum_{\alpha} \mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha}^l)^2 ] = \chi(q^l(x)) "
            r"\sum_{\alpha} \mathbb{E} [ (\partial \mathcal{L} / \partial y_{i,\alpha}^{l+1})^2 ] "
            r"\text{ if } q_{\alpha}^l(x) = q^l(x) \text{ for all } \alpha",
            statement=Equal(
                summed((VARIANCES[0],) * 3),
                factor(VARIANCES[0]) * sum(ENERGIES_ABOVE, S.Zero),
                on={VARIANCES[0]: POSITIVE.interior, **dict.fromkeys(ENERGIES_ABOVE, POSITIVE)},
            ),
            checks=sampled(*IDENTITY),
            expected=Verdict.SUPPORTED,
            note="φ(x) = x², three positions, k = 1.",
        ),
    ),
    Claim(
        id="hayou2021/appendix4.1.3/vanishing-gradient",
        where="appendix 4.1.3",
        printed=r"\text{On the Ordered phase, the gradient will vanish as it backpropagates } \ldots \text{ On the Chaotic "
        r"phase, the gradient explodes}",
        assumptions=("equal widths and the stationary variance: q̃ is multiplied by χ per layer", CHANCE),
        statement=And(
            (
                *(ConvergesTo(chi**N, 0, index=N) for chi in (Rational(1, 4), Rational(9, 10))),
                *(ConvergesTo(chi**-N, 0, index=N) for chi in (Rational(11, 10), Rational(4))),
            )
        ),
        checks=sampled(*LIMIT),
        expected=Verdict.SUPPORTED,
        note="χ = 1/4, 9/10 and χ = 11/10, 4, where the inverse of χⁿ vanishes.",
    ),
    Claim(
        id="hayou2021/appendix4.1.3/constant-gradient",
        where="appendix 4.1.3",
        printed=r"\text{On the EOC, the second moment of the gradient remains constant throughout the backpropagation}",
        assumptions=("tanh, σ_w² = 1/E φ′(√q Z)² with q = 1/2; the factor of a layer of variance q₁, equal widths",),
        statement=MOVING,
        checks=(CertifiedWitness({Q1: Rational(1, 4)}), HighPrecisionAtPoints(count=4)),
        expected=Verdict.REFUTED,
        kind="error",
        note="χ(q^l(x)) = 1 only where q^l(x) = q; for ReLU it is 1 at every variance.",
        corrected=Claim(
            id="hayou2021/appendix4.1.3/constant-gradient/corrected",
            where="appendix 4.1.3",
            printed=r"\chi(q^l(x)) = 1 \text{ on the EOC if } q^l(x) = q",
            statement=Equal(covariance(SLOPE, rho=1, q1=EDGE_VARIANCE, q2=EDGE_VARIANCE) / EDGE_MOMENT, 1),
            checks=sampled(QuadratureAtPoints(), HighPrecisionAtPoints(digits=20)),
            expected=Verdict.SUPPORTED,
            note="σ_w² is written 1/E φ′(√q Z)², for q = 1/2.",
        ),
    ),
)
