import mpmath
import pytest
import sympy
from flint import arb

from symntk.meanfield.tails import NoTailError, Ray, Tail, integral, supremum, tail, times
from symntk.notation import X
from symntk.numbers.ball import enclose
from symntk.numbers.normal_distribution import NormalCDF
from symntk.numbers.precision import working_precision

RAY = Ray(start=arb(6), rate=arb("0.5"))
CASES = [
    (sympy.tanh(X), 1),
    (X * (1 + sympy.tanh(X / 2)) / 2, X),
    (X * NormalCDF(X), X),
    (X * NormalCDF(-X), 0),
    (sympy.erf(2 * X) * X**2 - X, X**2 - X),
    (3 * sympy.exp(-X) - 1, -1),
    (sympy.log(1 + sympy.exp(X)), X),
    (sympy.log(1 + sympy.exp(-X)), 0),
    (1 / (1 + sympy.exp(-X)), 1),
    ((2 + sympy.exp(-(X**2) / 2)) ** -2, sympy.Rational(1, 4)),
    (X * sympy.tanh(sympy.log(1 + sympy.exp(X))), X),
]


@pytest.mark.parametrize(("expression", "main"), CASES, ids=[str(case[0]) for case in CASES])
def test_the_rest_of_a_tail_is_within_its_bound(expression, main):
    found = tail(expression, RAY)
    assert 0 == sympy.expand(found.main - main)
    with working_precision(300):
        for point in (6, sympy.Rational(13, 2), 9, 20):
            x = enclose(point, bits=280)
            rest = abs(enclose(expression - found.main, {X: point}, bits=250))
            assert rest <= found.scale * x**found.degree * (-RAY.rate * (x - RAY.start)).exp()


def test_the_bounds_of_a_rest_are_its_supremum_and_its_integrals():
    part, rate = Tail(main=sympy.S.Zero, scale=arb(3), degree=5), 0.5
    grid = [3 * x**5 * mpmath.exp(-rate * (x - 6)) for x in mpmath.linspace(6, 40, 2000)]
    assert max(grid) <= float(supremum(part, RAY)) < 1.001 * max(grid)
    for weight in (0, 2):
        exact = mpmath.quad(lambda x, w=weight: 3 * x ** (5 + w) * mpmath.exp(-rate * (x - 6)), [6, 20, 50, mpmath.inf])
        assert abs(float(integral(part, RAY, weight)) / exact - 1) < 1e-9


def test_a_product_bounds_all_three_mixed_terms():
    first, second = Tail(main=X - 2, scale=arb(1), degree=1), Tail(main=sympy.S(3), scale=arb(2))
    found = times(first, second)
    assert (3 * X - 6, 2) == (sympy.expand(found.main), found.degree) or (3 * X - 6, 1) == (found.main, found.degree)
    for x in (6.0, 8.0, 15.0):
        e = mpmath.exp(-0.5 * (x - 6))
        worst = abs(x - 2) * 2 * e + 3 * x * e + 2 * x * e * e
        assert worst <= float(found.scale) * x**found.degree * e


@pytest.mark.parametrize("expression", [sympy.sin(X), sympy.atan(X), sympy.exp(X), sympy.exp(-X / 4), sympy.sqrt(X)])
def test_what_does_not_approach_a_polynomial_fast_enough_is_refused(expression):
    with pytest.raises(NoTailError):
        tail(expression, RAY)
