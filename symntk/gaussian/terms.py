"""Splits an activation into terms c·xᵏ·e^{bx² + ax}·gate, the class under which the Gaussian calculus is closed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import sympy
from sympy import Expr, Integer, Poly, S, sqrt

from symntk.activations.activation import Activation
from symntk.errors import NoClosedFormError
from symntk.notation import X
from symntk.numbers.normal_distribution import NormalCDF


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The factor Φ((x − threshold)/width); width 0 means the unit step 1_{x > threshold}."""

    threshold: Expr
    width: Expr


@dataclass(frozen=True, kw_only=True)
class Mass:
    """The factor δ(x − point)."""

    point: Expr


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term P(x)·e^{quadratic·x² + linear·x}·gate(x), with P given by its coefficients from degree 0 up."""

    coefficients: tuple[Expr, ...]
    linear: Expr = S.Zero
    quadratic: Expr = S.Zero
    gate: Gate | Mass | None = None

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    def scaled(self, root: Expr) -> Term:
        """The term as a function of y with x = root·y, root > 0."""
        gate, density = self.gate, S.One
        if isinstance(gate, Gate):
            gate = Gate(threshold=gate.threshold / root, width=gate.width / root)
        elif isinstance(gate, Mass):
            gate, density = Mass(point=gate.point / root), 1 / root
        coefficients = tuple(density * c * root**k for k, c in enumerate(self.coefficients))
        return Term(coefficients=coefficients, linear=self.linear * root, quadratic=self.quadratic * root**2, gate=gate)


def term_expression(term: Term) -> Expr:
    """The term written out as an expression in x."""
    polynomial = sum((c * X**k for k, c in enumerate(term.coefficients)), S.Zero)
    factor = sympy.exp(term.quadratic * X**2 + term.linear * X)
    if term.gate is None:
        return polynomial * factor
    if isinstance(term.gate, Mass):
        return polynomial * factor * sympy.DiracDelta(X - term.gate.point)
    shift = X - term.gate.threshold
    gate = sympy.Heaviside(shift) if term.gate.width == 0 else NormalCDF(shift / term.gate.width)
    return polynomial * factor * gate


def terms_expression(terms: tuple[Term, ...]) -> Expr:
    """The sum of the terms in x; conjugate exponentials are written with cos and sin.

    >>> terms_expression(tuple(_collect((a, S.Zero, None), {0: S.Half}) for a in (sympy.I, -sympy.I)))
    cos(x)
    """
    total = sympy.Add(*(term_expression(term) for term in terms))
    if not total.has(sympy.I):
        return total
    return sympy.expand(total.replace(sympy.exp, _real_exponential))


def _real_exponential(argument: Expr) -> Expr:
    real, imaginary = sympy.expand(argument).as_real_imag()
    return sympy.exp(real) * (sympy.cos(imaginary) + sympy.I * sympy.sin(imaginary))


@cache
def elementary_terms(activation: Activation) -> tuple[Term, ...]:
    """The elementary terms whose sum is the activation.

    Uses φ = e₀ + Σᵢ (eᵢ − eᵢ₋₁)·1_{x > tᵢ} for pieces e₀, e₁, … that meet at t₁ < t₂ < ….
    Guarantee: exact. Raises NoClosedFormError when a piece leaves the class polynomial × exponential × Φ(affine),
    or when a piece with a Φ factor is cut at a breakpoint (its dual needs trivariate normal probabilities).

    >>> from symntk.activations.catalogue import activation
    >>> elementary_terms(activation("relu"))
    (Term(coefficients=(0, 1), linear=0, quadratic=0, gate=Gate(threshold=0, width=0)),)
    """
    found: dict[tuple[Expr, Expr, Gate | Mass | None], dict[int, Expr]] = defaultdict(
        lambda: defaultdict(lambda: S.Zero)
    )
    previous: Expr = S.Zero
    for index, piece in enumerate(activation.pieces):
        step = None if index == 0 else Gate(threshold=piece.left, width=S.Zero)
        for power, linear, quadratic, gate, coefficient in _summands(piece.expression - previous):
            if step is not None and gate is not None:
                raise NoClosedFormError(
                    f"the closed-form dual of {activation.name} was asked for, but a piece with a normal "
                    f"distribution function ends at x = {piece.left}; ask for certified values instead"
                )
            found[linear, quadratic, step or gate][power] += coefficient
        previous = piece.expression
    terms = (_collect(key, powers) for key, powers in found.items())
    return tuple(term for term in terms if term is not None)


def _collect(key: tuple[Expr, Expr, Gate | Mass | None], powers: dict[int, Expr]) -> Term | None:
    coefficients = [sympy.expand(powers.get(k, S.Zero)) for k in range(max(powers) + 1)]
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    if not coefficients:
        return None
    return Term(coefficients=tuple(coefficients), linear=key[0], quadratic=key[1], gate=key[2])


Summand = tuple[int, Expr, Expr, Gate | None, Expr]


def _summands(expression: Expr) -> list[Summand]:
    constants: dict[Expr, sympy.Dummy] = {}
    prepared = _rewrite(_protected(expression, constants))
    result: list[Summand] = []
    for summand in sympy.Add.make_args(prepared):
        result.extend(_classify(summand, {dummy: value for value, dummy in constants.items()}))
    return result


def _protected(expression: Expr, constants: dict[Expr, sympy.Dummy]) -> Expr:
    """The expression with its irrational constants as symbols, so that expansion leaves them whole."""
    if not expression.has(X):
        if expression.is_Rational or expression.is_Symbol:
            return expression
        known = {
            "positive": expression.is_positive,
            "negative": expression.is_negative,
            "real": expression.is_extended_real,
        }
        assumptions = {name: True for name, holds in known.items() if holds}
        return constants.setdefault(expression, sympy.Dummy("c", **assumptions))
    if expression.is_Atom:
        return expression
    if expression.is_Add or expression.is_Mul:
        constant, rest = expression.as_independent(X, as_Add=expression.is_Add)
        parts = [part for part in (constant,) if part != expression.func.identity]
        parts += expression.func.make_args(rest)
        return expression.func(*(_protected(part, constants) for part in parts))
    return expression.func(*(_protected(part, constants) for part in expression.args))


def _rewrite(expression: Expr) -> Expr:
    """Trigonometric and hyperbolic functions become exponentials, error functions become Φ, products are expanded."""
    hyperbolic = expression.rewrite([sympy.sin, sympy.cos, sympy.sinh, sympy.cosh], sympy.exp)
    normal = hyperbolic.replace(sympy.erfc, lambda z: 1 - sympy.erf(z))
    normal = normal.replace(sympy.erf, lambda z: 2 * NormalCDF(sympy.expand(sqrt(2) * z)) - 1)
    return sympy.expand(sympy.expand(normal), power_exp=False)


def _classify(summand: Expr, constants: dict[sympy.Dummy, Expr]) -> list[Summand]:
    power, exponent, coefficient = 0, S.Zero, S.One
    gate_argument: Expr | None = None
    for factor in sympy.Mul.make_args(summand):
        base, degree = factor.as_base_exp()
        if not factor.has(X):
            coefficient *= factor
        elif base == X and degree.is_Integer and degree > 0:
            power += int(degree)
        elif isinstance(factor, sympy.exp):
            exponent += factor.args[0]
        elif isinstance(factor, NormalCDF) and gate_argument is None:
            gate_argument = factor.args[0]
        elif not base.has(X) and base.is_positive and degree.has(X):
            exponent += degree * sympy.log(base)
        else:
            raise NoClosedFormError(
                f"a term polynomial × exponential × Φ(affine) was expected, but {factor} was found; "
                "ask for certified values instead"
            )
    constant, linear, quadratic = _quadratic_coefficients(exponent.xreplace(constants))
    coefficient = coefficient.xreplace(constants) * sympy.exp(constant)
    gate_argument = gate_argument and gate_argument.xreplace(constants)
    if coefficient.has(sympy.I):
        coefficient = sympy.expand_complex(coefficient)
    if gate_argument is None:
        return [(power, linear, quadratic, None, coefficient)]
    return _gated(power, linear, quadratic, gate_argument, coefficient)


def _quadratic_coefficients(exponent: Expr) -> tuple[Expr, Expr, Expr]:
    if not exponent.is_polynomial(X):
        raise NoClosedFormError(f"an exponent quadratic in x was expected, but {exponent} was found")
    coefficients = Poly(exponent, X).all_coeffs()[::-1]
    if len(coefficients) > 3:
        raise NoClosedFormError(f"an exponent quadratic in x was expected, but {exponent} was found")
    constant, linear, quadratic = (*coefficients, S.Zero, S.Zero)[:3]
    return constant, linear, quadratic


def _gated(power: int, linear: Expr, quadratic: Expr, argument: Expr, coefficient: Expr) -> list[Summand]:
    constant, slope, curvature = _quadratic_coefficients(argument)
    if curvature != 0 or not slope.is_real or slope.is_zero:
        raise NoClosedFormError(f"a real affine argument of Φ was expected, but Φ({argument}) was found")
    gate = Gate(threshold=-constant / slope, width=1 / sympy.Abs(slope))
    if slope.is_positive:
        return [(power, linear, quadratic, gate, coefficient)]
    if slope.is_negative:
        return [(power, linear, quadratic, None, coefficient), (power, linear, quadratic, gate, -coefficient)]
    raise NoClosedFormError(f"the sign of the slope in Φ({argument}) could not be decided; give it a sign")


def derivative_terms(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The distributional derivative of a sum of terms; a step differentiates to a point mass.

    Raises NoClosedFormError for a term that already is a point mass.

    >>> from symntk.activations.catalogue import activation
    >>> derivative_terms(elementary_terms(activation("step")))
    (Term(coefficients=(1,), linear=0, quadratic=0, gate=Mass(point=0)),)
    """
    found: dict[tuple[Expr, Expr, Gate | Mass | None], dict[int, Expr]] = defaultdict(
        lambda: defaultdict(lambda: S.Zero)
    )
    for term in terms:
        slope = _gate_derivative(term)
        for part in (_smooth_derivative(term), *([] if slope is None else [slope])):
            for power, coefficient in enumerate(part.coefficients):
                found[part.linear, part.quadratic, part.gate][power] += coefficient
    collected = (_collect(key, powers) for key, powers in found.items())
    return tuple(term for term in collected if term is not None)


def _smooth_derivative(term: Term) -> Term:
    """(P′ + (2bx + a)P)·e^{bx² + ax}·gate."""
    if isinstance(term.gate, Mass):
        raise NoClosedFormError("the derivative of a point mass was asked for; differentiate the dual in ρ instead")
    polynomial = [S.Zero] * (len(term.coefficients) + 1)
    for k, c in enumerate(term.coefficients):
        if k:
            polynomial[k - 1] += k * c
        polynomial[k] += term.linear * c
        polynomial[k + 1] += 2 * term.quadratic * c
    return Term(coefficients=tuple(polynomial), linear=term.linear, quadratic=term.quadratic, gate=term.gate)


def _gate_derivative(term: Term) -> Term | None:
    """The gate differentiated: a point mass for a step, the density of N(threshold, width²) otherwise."""
    if not isinstance(term.gate, Gate):
        return None
    if term.gate.width != 0:
        return gaussian_term(term, term.gate)
    t = term.gate.threshold
    weight = sum((c * t**k for k, c in enumerate(term.coefficients)), S.Zero)
    weight *= sympy.exp(term.quadratic * t**2 + term.linear * t)
    return Term(coefficients=(weight,), gate=Mass(point=t))


def gaussian_term(term: Term, gate: Gate) -> Term:
    """The derivative of the gate alone: the density of N(threshold, width²) times polynomial and exponential.

    Only for width > 0; a step's derivative is a point mass.
    """
    t, width = gate.threshold, gate.width
    scale = sympy.exp(-(t**2) / (2 * width**2)) / (width * sqrt(2 * sympy.pi))
    return Term(
        coefficients=tuple(c * scale for c in term.coefficients),
        linear=term.linear + t / width**2,
        quadratic=term.quadratic - Integer(1) / (2 * width**2),
    )
