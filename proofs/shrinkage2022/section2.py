"""Section 2 of shrinkage2022: Gaussian norm, Hermite polynomials, preactivations and the correlation map P."""

from __future__ import annotations

from sympy import (
    Expr,
    Integer,
    Interval,
    Max,
    Mul,
    Poly,
    Rational,
    S,
    Symbol,
    Tuple,
    cos,
    erf,
    exp,
    factorial,
    hermite_prob,
    sin,
    sqrt,
)

from symntk.claims import (
    IDENTITY,
    SERIES,
    AlgebraicIdentity,
    And,
    BallIdentityAtRandomPoints,
    Claim,
    Equal,
    ForAll,
    Route,
    SeriesAt,
    Verdict,
    covariance,
    expectation,
    sampled,
)
from symntk.claims.checks import Finding, doubted, supported
from symntk.claims.statement import Statement
from symntk.claims.verdict import Method
from symntk.notation import RHO, X

IDENTITY_FUNCTION = Mul(1, X, evaluate=False)
"""x, kept from becoming sympy's IdentityFunction, whose assumptions cannot be asked."""

CORRELATIONS = {RHO: Interval(-1, 1)}
SIGMA_B = Symbol("sigma_b", nonnegative=True)
SIGMA_W = Symbol("sigma_w", positive=True)
SIGMAS = {SIGMA_B: Interval(0, 2), SIGMA_W: Interval(Rational(1, 2), 2)}

RELU = Max(X, 0)
TENTH_LEAKY = X / 10 + Rational(9, 10) * RELU
ERF = erf(X)
CUBIC = 1 - X + X**2 / 2 + X**3
AT_FEW_POINTS = (AlgebraicIdentity(), BallIdentityAtRandomPoints(count=3))
"""As IDENTITY, with fewer integrals."""

SMOOTH_AND_KINKED = (RELU, TENTH_LEAKY, CUBIC, sin(X), X * exp(-(X**2)), cos(X) + X)
ORDERS = 5


def hermite(k: int) -> Expr:
    """The orthonormal polynomial h_k."""
    return IDENTITY_FUNCTION if k == 1 else hermite_prob(k, X) / sqrt(factorial(k))


def correlation_map(function: Expr, rho: Expr | int = RHO) -> Expr:
    """Eq. 2.3."""
    start, scale = SIGMA_B**2, SIGMA_W**2
    return (start + scale * covariance(function, rho=rho)) / (start + scale * covariance(function, rho=1))


def hermite_form(function: Expr, count: int) -> Expr:
    """Eq. 2.4 with the sum over k < count."""
    total = SIGMA_B**2 + SIGMA_W**2 * expectation(function**2)
    squares = [expectation(function * hermite(k)) ** 2 for k in range(count)]
    head = (SIGMA_B**2 + SIGMA_W**2 * squares[0]) / total
    return head + SIGMA_W**2 / total * sum((c * RHO**k for k, c in enumerate(squares) if k), S.Zero)


def generating_function(statement: Statement) -> Finding:
    """E h_k(u)h_m(v) as the coefficient of sᵏtᵐ in √(k!m!)·E e^{su−s²/2}e^{tv−t²/2} = √(k!m!)·e^{stρ}."""
    s, t = Symbol("s"), Symbol("t")
    first, second = (Poly(node.expr.subs(node.variables[0], X), X).degree() for node in statement.lhs.args[:2])
    series = Poly(sum((s * t * RHO) ** j / factorial(j) for j in range(ORDERS + 1)), s, t)
    found = sqrt(factorial(first) * factorial(second)) * series.coeff_monomial(s**first * t**second)
    return (
        supported("the coefficients agree")
        if found == statement.rhs
        else doubted(f"the generating function gives {found}")
    )


def correlation(pair: Tuple) -> Statement:
    """The printed orthogonality for one pair of orders."""
    k, m = (int(order) for order in pair)
    return Equal(covariance(hermite(k), hermite(m)), RHO**k if k == m else Integer(0), on=CORRELATIONS)


Y = tuple(Symbol(f"y_{i}", positive=True) for i in range(3))
Z = tuple(Symbol(f"y'_{i}", positive=True) for i in range(3))
VECTORS = {symbol: Interval(Rational(1, 2), 3) for symbol in (*Y, *Z)}


def dot(first: tuple[Expr, ...], second: tuple[Expr, ...]) -> Expr:
    """The inner product."""
    return sum((a * b for a, b in zip(first, second, strict=True)), S.Zero)


def preactivation(y: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """z = √N·y/‖y‖, eq. 2.1."""
    return tuple(sqrt(Integer(len(y))) * entry / sqrt(dot(y, y)) for entry in y)


CLAIMS = (
    Claim(
        id="shrinkage2022/section2/gaussian_norm",
        where="section 2.1 (line 59)",
        printed=r"\|\phi\|_{\mathcal{N}}^2 = \mathbb{E}[\phi(\mathcal{N}(0,1))^2] = \mathfrak{C}[\phi|1]",
        statement=ForAll(SMOOTH_AND_KINKED, lambda phi: Equal(expectation(phi**2), covariance(phi, rho=1))),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
        note="For the six activations named.",
    ),
    Claim(
        id="shrinkage2022/section2/hermite_first_two",
        where="footnote 2 (line 93)",
        printed=r"h_0(x) = 1,\ h_1(x) = x",
        statement=And(
            (
                Equal(expectation(S.One), Integer(1)),
                Equal(expectation(IDENTITY_FUNCTION), Integer(0)),
                Equal(expectation(X**2), Integer(1)),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="1 and x are orthonormal; with their degrees and leading coefficients this is what h_0 and h_1 mean.",
    ),
    Claim(
        id="shrinkage2022/section2/hermite_correlation",
        where="section 2.1 (line 66)",
        printed=r"\mathbb{E}[h_k(x_1)h_{k'}(x_2)] = \delta_{kk'}\rho^k",
        statement=ForAll(tuple(Tuple(k, m) for k in range(ORDERS) for m in range(k + 1)), correlation),
        checks=(
            AlgebraicIdentity(),
            BallIdentityAtRandomPoints(count=3, bits=24),
            Route("generating function", Method.HERMITE_SERIES, generating_function),
        ),
        expected=Verdict.SUPPORTED,
        note=f"For all orders below {ORDERS}.",
    ),
    Claim(
        id="shrinkage2022/section2/cosine_similarity",
        where="eqs. 2.1 and 2.2 (lines 72-79)",
        printed=(
            r"\rho_l = \frac{1}{N_l}\sum_i z_i^{(l)}(x_\alpha)z_i^{(l)}(x_\beta) = "
            r"\frac{y^{(l)}(x_\alpha)\cdot y^{(l)}(x_\beta)}{\|y^{(l)}(x_\alpha)\|\cdot\|y^{(l)}(x_\beta)\|}"
        ),
        statement=Equal(
            dot(preactivation(Y), preactivation(Z)) / len(Y),
            dot(Y, Z) / (sqrt(dot(Y, Y)) * sqrt(dot(Z, Z))),
            on=VECTORS,
        ),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="At width 3; for y ≠ 0.",
    ),
    Claim(
        id="shrinkage2022/section2/self_correlation",
        where="eq. 2.3 (line 83) and section 3 (line 140): every z has correlation 1 with itself",
        printed=r"\rho_L(\rho_0 = 1) = 1",
        statement=ForAll((RELU, ERF, CUBIC), lambda phi: Equal(correlation_map(phi, 1), Integer(1), on=SIGMAS)),
        checks=IDENTITY,
        expected=Verdict.SUPPORTED,
    ),
    Claim(
        id="shrinkage2022/section2/eq24_polynomial",
        where="eq. 2.4 (line 88)",
        printed=(
            r"P(\rho) = \frac{\sigma_b^2+\sigma_w^2\hat\phi_0^2}{\sigma_b^2+\sigma_w^2\|\phi\|_{\mathcal{N}}^2}"
            r" + \frac{\sigma_w^2}{\sigma_b^2+\sigma_w^2\|\phi\|_{\mathcal{N}}^2}\sum_{k=1}^\infty\hat\phi_k^2\rho^k"
        ),
        statement=Equal(correlation_map(CUBIC), hermite_form(CUBIC, 4), on=CORRELATIONS | SIGMAS),
        checks=sampled(*AT_FEW_POINTS),
        expected=Verdict.SUPPORTED,
        note="For a cubic activation, whose sum ends.",
    ),
    Claim(
        id="shrinkage2022/section2/eq24_series",
        where="eq. 2.4 (line 88)",
        printed=(
            r"P(\rho) = \frac{\sigma_b^2+\sigma_w^2\hat\phi_0^2}{\sigma_b^2+\sigma_w^2\|\phi\|_{\mathcal{N}}^2}"
            r" + \frac{\sigma_w^2}{\sigma_b^2+\sigma_w^2\|\phi\|_{\mathcal{N}}^2}\sum_{k=1}^\infty\hat\phi_k^2\rho^k"
        ),
        statement=And(
            tuple(
                SeriesAt(
                    correlation_map(phi),
                    hermite_form(phi, ORDERS),
                    variable=RHO,
                    at=S.Zero,
                    side="right",
                    order=S(ORDERS),
                    on=SIGMAS,
                )
                for phi in (RELU, TENTH_LEAKY, sin(X))
            )
        ),
        checks=sampled(*SERIES),
        expected=Verdict.SUPPORTED,
        note=f"For three activations that are no polynomials, up to the power {ORDERS} of ρ.",
    ),
)
