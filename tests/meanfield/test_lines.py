import mpmath
import pytest
import sympy
from sympy import Rational, S

from symntk.activations.catalogue import activation
from symntk.meanfield.lines import lines
from symntk.notation import X

LINES = {
    "elu": ((0, -1), (1, 0)),
    "selu": None,
    "gelu": ((0, 0), (1, 0)),
    "silu": ((0, 0), (1, 0)),
    "softplus": ((0, 0), (1, 0)),
    "tanh": ((0, -1), (0, 1)),
    "sigmoid": ((0, 0), (0, 1)),
    "shifted_relu": ((0, 0), (1, Rational(-1, 2))),
    "relu6": ((0, 0), (0, 6)),
    "x*tanh(x)": ((1, 0), (1, 0)),
    "leaky_relu": ((Rational(-1, 100), 0), (1, 0)),
}


def integrals(name, side, line):
    """∫|φ² − l²|, the same with x², ∫|φ′² − a²|x² over one half-line, by mpmath."""
    phi = activation(name)
    forms = [
        sympy.lambdify(X, sympy.piecewise_fold(f).subs(X, side * X), "mpmath")
        for f in (phi.expression, phi.expression.diff(X))
    ]
    a, b = (mpmath.mpf(str(sympy.N(c, 30))) for c in (line.a, line.b))
    points = sorted({0, 1, 3, 8, 20, 60, *(float(abs(t)) for t in phi.breakpoints)})

    def square(x):
        return abs(forms[0](x) ** 2 - (a * x + b) ** 2)

    def steep(x):
        return abs(forms[1](x) ** 2 - a**2) * x**2

    return [mpmath.quad(f, points) for f in (square, lambda x: square(x) * x**2, steep)]


@pytest.mark.parametrize("name", sorted(n for n in LINES if LINES[n]))
def test_the_lines_are_the_known_ones(name):
    assert LINES[name] == tuple((line.a, line.b) for line in lines(activation(name)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["elu", "silu", "softplus", "tanh", "x*tanh(x)", "shifted_relu"])
def test_the_bounds_of_the_lines_hold_and_are_not_far_off(name):
    for side, line in zip((-1, 1), lines(activation(name)), strict=True):
        bounds = (line.square, line.weighted, line.slope_weighted)
        for exact, bound in zip(integrals(name, side, line), bounds, strict=True):
            assert exact <= float(bound) * (1 + 1e-9) + 1e-12
            assert float(bound) <= 1.6 * exact + 0.3


@pytest.mark.parametrize("name", ["sin", "arctan", "exp", "rectified_monomial", "step", "hermite"])
def test_without_lines_or_with_jumps_there_are_none(name):
    assert lines(activation(name)) is None


def test_the_steepest_slope_is_bounded_on_each_side():
    left, right = lines(activation("gelu"))
    slope = [
        abs(sympy.N(activation("gelu").expression.diff(X).subs(X, S(k) / 8).rewrite(sympy.erf), 20))
        for k in range(-40, 41)
    ]
    assert max(slope[:41]) <= float(left.steepest) < 0.6
    assert max(slope[40:]) <= float(right.steepest) < 1.2
