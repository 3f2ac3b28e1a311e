"""The classes of activations of hayou2020 (definition 1): ReLU-like, and the class S of smooth activations."""

from __future__ import annotations

from sympy import Derivative, Expr, Interval, Rational, S, Symbol, exp, oo, tanh

from symntk.activations.activation import Activation
from symntk.activations.catalogue import activation
from symntk.activations.derivative import derivative
from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    Method,
    Route,
    Statement,
    Verdict,
    Witness,
)
from symntk.claims.checks import Finding, refuted, supported, unknown
from symntk.notation import X

ABOVE, BELOW = Symbol("x", positive=True), Symbol("y", negative=True)
RIGHT, LEFT, REAL = {ABOVE: Interval.open(0, oo)}, {BELOW: Interval.open(-oo, 0)}, {X: Interval(-oo, oo)}
SIGMA = 1 / (1 + exp(-X))

SLOPES = (
    ("relu", S.One, S.Zero),
    ("leaky_relu(1/100)", S.One, Rational(1, 100)),
    ("leaky_relu(1/50)", S.One, Rational(1, 50)),
    ("leaky_relu(3/100)", S.One, Rational(3, 100)),
)
"""The activations, with their λ and β."""


def is_relu_like(member: tuple[str, Expr, Expr]) -> And:
    """φ(x) = λx for x > 0 and φ(x) = βx for x ≤ 0."""
    name, above, below = member
    phi = activation(name).expression
    return And(
        (
            Equal(phi.subs(X, ABOVE), above * ABOVE, on=RIGHT),
            Equal(phi.subs(X, BELOW), below * BELOW, on=LEFT),
            Equal(phi.subs(X, 0), 0),
        )
    )


def is_smooth(name: str, second: Expr) -> And:
    """φ(0) = 0 and φ″ = g on all of ℝ, with a g that is infinitely differentiable (one set A₁ = ℝ)."""
    phi = activation(name).expression
    return And((Equal(phi.subs(X, 0), 0), Equal(Derivative(phi, (X, 2)), second, on=REAL)))


def one_sided(phi: Activation, order: int) -> tuple[Expr, Expr]:
    """The left and the right derivative at the only breakpoint."""
    below, above = phi.pieces
    left, right = (piece.expression.diff(X, order) if order else piece.expression for piece in (below, above))
    return left.subs(X, below.right), right.subs(X, below.right)


ELU = activation("elu")
TWICE_AT_ZERO = Equal(*one_sided(ELU, 2))


def by_jump(statement: Statement) -> Finding:
    """The third distributional derivative of ELU has a point mass φ″(0+) − φ″(0−) at the breakpoint."""
    if not isinstance(statement, Equal):
        return unknown("this route reads equalities")
    jump = sum((mass.weight for mass in derivative(ELU, 3).masses), S.Zero)
    if statement.rhs - statement.lhs != jump:
        return unknown("the two sides are not those of the second derivative")
    if jump == 0:
        return supported("the second derivative has no jump")
    return refuted("the second derivative jumps", Witness(point=(("x", str(ELU.breakpoints[0])),), gap=str(-jump)))


CLAIMS = (
    Claim(
        id="hayou2020/definition1/relu-like",
        where="section 4, below definition 1, and section 5.2",
        printed=r"\text{The class of ReLU-like activations includes ReLU and Leaky-ReLU}",
        statement=ForAll(SLOPES, is_relu_like),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For ReLU and the slopes 0.01, 0.02, 0.03 of section 5.2.",
    ),
    Claim(
        id="hayou2020/definition1/tanh-in-s",
        where="section 4, below definition 1",
        printed=r"\text{the S class includes, among others, Tanh}",
        statement=is_smooth("tanh", -2 * tanh(X) * (1 - tanh(X) ** 2)),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/definition1/silu-in-s",
        where="section 4, below definition 1",
        printed=r"\text{the S class includes, among others, ... SiLU (Swish)}",
        statement=is_smooth("silu", SIGMA * (1 - SIGMA) * (2 + X * (1 - 2 * SIGMA))),
        checks=IDENTITY,
        expected=Verdict.PROVED,
    ),
    Claim(
        id="hayou2020/definition1/elu-in-s",
        where="section 4, below definition 1, and section 5.2",
        printed=r"\text{the S class includes, among others, ... ELU}",
        assumptions=("definition 1 asks for a twice differentiable φ: φ″ must have one value at the breakpoint 0",),
        statement=TWICE_AT_ZERO,
        checks=(CertifiedWitness(), Route("mass of the third derivative", Method.ALGEBRA, by_jump)),
        expected=Verdict.REFUTED,
        kind="error",
        note="φ″(0−) = 1 and φ″(0+) = 0. A second derivative has no jumps, so a partition with several pieces never helps.",
        corrected=Claim(
            id="hayou2020/definition1/elu-in-s/corrected",
            where="section 4, definition 1",
            printed=r"\phi \in C^1, \ \phi(0) = 0, \text{ and } \phi'' = \sum_i 1_{A_i} g_i "
            r"\text{ except at finitely many points}",
            statement=And(
                (
                    Equal(*one_sided(ELU, 0)),
                    Equal(*one_sided(ELU, 1)),
                    Equal(ELU.pieces[0].expression.subs(X, 0), 0),
                    Equal(Derivative(ELU.expression.subs(X, BELOW), (BELOW, 2)), exp(BELOW), on=LEFT),
                    Equal(Derivative(ELU.expression.subs(X, ABOVE), (ABOVE, 2)), 0, on=RIGHT),
                )
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
            note="For ELU, with g₁ = eˣ on (−∞, 0) and g₂ = 0 on (0, ∞).",
        ),
    ),
)
