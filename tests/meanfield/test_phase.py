import pytest
from flint import arb
from sympy import Rational, S, sqrt

from symntk.activations.catalogue import activation
from symntk.errors import DomainError
from symntk.meanfield.fixed_points import fixed_variances
from symntk.meanfield.maps import MeanField
from symntk.meanfield.phase import phase
from symntk.numbers.precision import working_precision
from symntk.render.phase import phase_answer


@pytest.mark.parametrize(
    ("name", "sigma_w", "sigma_b", "expected"),
    [
        ("relu", sqrt(2), S.Zero, "edge_of_chaos"),
        ("relu", S.One, S.One, "ordered"),
        ("tanh", S.One, S.Zero, "edge_of_chaos"),
        ("tanh", S.Half, S.Zero, "ordered"),
        ("tanh", S(2), S.Zero, "chaotic"),
        ("tanh", S(2), Rational(3, 10), "chaotic"),
        ("elu", S.One, Rational(1, 5), "ordered"),
        ("step", S.One, S.One, "chaotic"),
        ("erf", S.Zero, S.One, "ordered"),
    ],
)
def test_the_phase_is_the_known_one(name, sigma_w, sigma_b, expected):
    assert expected == phase(activation(name), sigma_w, sigma_b).name


@pytest.mark.slow
@pytest.mark.parametrize(("excess", "expected"), [(-1, "ordered"), (1, "chaotic")])
def test_the_phase_changes_within_a_trillionth_of_the_edge(excess, expected):
    edge = Rational("1.304145840056511430668589234289")
    found = phase(activation("tanh"), edge + excess * Rational(1, 10**12), Rational(1, 5))
    assert expected == found.name


def test_the_fixed_variance_and_correlation_of_tanh_are_fixed():
    found = phase(activation("tanh"), S(2), Rational(3, 10))
    with working_precision(160):
        q, c = found.variance.q, found.correlation.c
        assert 0 in found.layer.fixed_variance.value(q, 100)
        centre = c.mid().fmpq()
        value = found.layer.correlation(Rational(int(centre.p), int(centre.q)), q, 100) - c
        assert abs(value) < arb("1e-35")
    assert found.variances.complete


def test_erf_is_evaluated_in_closed_form_at_its_fixed_correlation():
    found = phase(activation("erf"), S(3), Rational(1, 10))
    assert 0 < found.correlation.c < 1
    assert found.correlation.slope < 1 < found.chi1


def test_depth_scales_are_the_inverse_logarithms_of_the_slopes():
    found = phase(activation("relu"), S.One, S.One)
    with working_precision(160):
        expected = 1 / arb(2).log()
        assert expected.overlaps(found.gradient_depth)
        assert expected.overlaps(found.correlation_depth)


def test_depth_scales_are_infinite_at_the_edge():
    found = phase(activation("relu"), sqrt(2), S.Zero)
    assert (None, None) == (found.correlation_depth, found.gradient_depth)


def test_an_odd_activation_without_bias_decorrelates_completely():
    assert S.Zero == phase(activation("tanh"), S(2), S.Zero).correlation.exact


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(S(2), S.One), (sqrt(2), S.One), (S(2), S.Zero)])
def test_a_variance_that_grows_without_bound_has_no_phase(sigma_w, sigma_b):
    with pytest.raises(DomainError, match="fixed variance"):
        phase(activation("relu"), sigma_w, sigma_b)


def test_no_correlation_is_stated_where_the_variances_vanish() -> None:
    answer = phase_answer(phase(activation("tanh"), S.Half, S.Zero), digits=5)
    assert (answer.record["c"], answer.record["depth_scales"]["correlation"]) == (None, None)
    assert "no limit of their correlation is stated" in answer.text


@pytest.mark.parametrize(("name", "sigma_w"), [("hard_tanh", S.One), ("relu6", sqrt(2))])
def test_a_clipped_line_without_bias_is_on_the_edge_where_its_slope_is_one(name, sigma_w):
    found = phase(activation(name), sigma_w, S.Zero)
    assert ("edge_of_chaos", True, 1) == (found.name, found.variances.complete, len(found.variances.points))


@pytest.mark.parametrize(
    ("name", "sigma_w", "sigma_b", "count"),
    [
        ("elu", S(2), Rational(1, 5), 0),
        ("elu", sqrt(2), Rational(1, 5), 0),
        ("gelu", sqrt(2), Rational(1, 5), 2),
        ("elu", S(2), S.Zero, 1),
        ("elu", S.One, S.Zero, 1),
        ("selu", S.Half, S.Zero, 1),
        ("shifted_relu", S(3), S.Zero, 2),
    ],
)
def test_all_fixed_variances_are_known_also_at_large_variances_and_near_zero(name, sigma_w, sigma_b, count):
    found = fixed_variances(MeanField(activation=activation(name), sigma_w=sigma_w, sigma_b=sigma_b))
    assert (True, count) == (found.complete, len(found.points))


@pytest.mark.slow
def test_a_fixed_variance_of_silu_far_beyond_the_first_is_found():
    found = fixed_variances(MeanField(activation=activation("silu"), sigma_w=sqrt(2), sigma_b=Rational(1, 5)), bits=40)
    assert ([True, False], True) == ([point.stable for point in found.points], found.complete)
    assert 4292 == int(float(found.points[1].q))


def test_selu_keeps_its_mean_at_zero_to_the_digits_of_its_constants():
    """Its constants make E φ = 0 and E φ² = 1 to about 31 digits, so the fixed correlation is the square of that."""
    found = phase(activation("selu"), S.One, S.Zero)
    assert ("chaotic", True) == (found.name, found.variances.complete)
    assert abs(found.variance.q - 1) < arb("1e-30")
    assert 0 < found.correlation.c < arb("1e-60")
    with working_precision(160):
        value = found.layer.correlation(S.Zero, found.variance.q, 100) / (1 - found.correlation.slope)
        assert abs(value / found.correlation.c - 1) < arb("1e-6")
