import pytest
from sympy import Rational, S, oo, sqrt

from symntk.activations.catalogue import activation
from symntk.errors import DomainError
from symntk.gaussian.moments import standardized
from symntk.meanfield.moments import slope_moment_of
from symntk.meanfield.parametrisation import beta_of, characteristic_value, deviations_of
from symntk.numbers.ball import enclose


@pytest.mark.parametrize("beta", [S.Zero, Rational(1, 3), 1 / sqrt(2), S.One])
def test_converting_to_deviations_and_back_gives_beta(beta):
    deviations = deviations_of(beta)
    assert beta == beta_of(deviations.sigma_w, deviations.sigma_b)


@pytest.mark.parametrize("beta", [Rational(-1, 2), S(2), S.NaN])
def test_beta_outside_the_unit_interval_is_refused(beta):
    with pytest.raises(DomainError):
        deviations_of(beta)


def test_deviations_off_the_unit_circle_have_no_beta():
    with pytest.raises(DomainError):
        beta_of(S.One, S.One)


def test_the_characteristic_value_of_relu_is_one_without_bias():
    assert S.One == characteristic_value(activation("relu"), S.Zero)


def test_the_characteristic_value_of_a_jump_is_infinite():
    assert oo == characteristic_value(activation("sign"), Rational(1, 2))


def test_the_characteristic_value_is_that_of_the_standardised_activation():
    phi = standardized(activation("gelu"))
    expected = slope_moment_of(phi).at(S.One) * Rational(3, 4)
    actual = characteristic_value(activation("gelu"), S.Half)
    assert enclose(expected, bits=80).overlaps(enclose(actual, bits=80))
