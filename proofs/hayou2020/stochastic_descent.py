"""Appendix D of hayou2020: stochastic gradient descent as a diffusion, and its Ornstein–Uhlenbeck solution, eqs. 16 to 21."""

from __future__ import annotations

from sympy import Derivative, Expr, Interval, S, Symbol, diff, exp, sqrt

from symntk.claims import (
    IDENTITY,
    And,
    CertifiedWitness,
    Claim,
    Equal,
    ForAll,
    HighPrecisionAtPoints,
    Verdict,
    sampled,
)
from symntk.dynamics.gaussian_interpolation import gaussian_mean

RATE, BATCH, COUNT = (Symbol(name, positive=True) for name in ("eta", "S", "N"))
EIGENVALUE, TIME, DRIFT = Symbol("d", positive=True), Symbol("t", nonnegative=True), Symbol("h", nonnegative=True)
"""An eigenvalue of K̂, the time, and the time of a short step."""
VALUE, START, TARGET, HESSIAN = (Symbol(name, real=True) for name in ("f", "f_0", "y", "gamma_X"))
"""f_t(X), f_0(X), Y and Γ (constant in time) along one eigenvector."""
LOADING, BESIDE, ELSEWHERE = (Symbol(name, real=True) for name in ("k", "gamma_x", "g_0"))
"""K(x, X) along it, Γ_t(x), and f_0(x)."""
FIRST, SECOND, G1, G2 = (Symbol(name, real=True) for name in ("theta_1", "theta_2", "g_1", "g_2"))
A, B, C = Symbol("s_11", positive=True), Symbol("s_12", real=True), Symbol("s_22", positive=True)

REAL, POSITIVE = Interval(-2, 2), Interval.Lopen(0, 5)
SCALES = {RATE: POSITIVE, BATCH: POSITIVE, COUNT: Interval(1, 5), EIGENVALUE: POSITIVE}
ON = {**SCALES, TIME: Interval(0, 5), **dict.fromkeys((START, TARGET, HESSIAN), REAL)}
BY_EIGENVECTORS = "In the eigenbasis of the symmetric K̂ the equation splits into these; Γ is taken constant in time."
PUSH = RATE * HESSIAN / (2 * BATCH)
"""ηΓ/(2S)."""


def decay(time: Expr) -> Expr:
    """e^{−td/N}."""
    return exp(-time * EIGENVALUE / COUNT)


def mean(sign: int) -> Expr:
    """The mean of eq. 20 with ±(η/2S)∫e^{−(t−s)d/N}Γ ds, done for constant Γ."""
    drift = sign * PUSH * COUNT / EIGENVALUE * (1 - decay(TIME))
    return decay(TIME) * START + (1 - decay(TIME)) * TARGET + drift


def drift_equation(sign: int) -> Equal:
    """The mean solves ∂_t f = −(d/N)(f − Y) + ηΓ/(2S), the drift of eq. 19."""
    found = mean(sign)
    return Equal(Derivative(found, TIME), -EIGENVALUE / COUNT * (found - TARGET) + PUSH, on=ON)


def mean_reversion(sign: int) -> Equal:
    """−(d/N)(f − M) with M = Y ± (ηN/2S)Γ/d, against the drift of eq. 19."""
    level = TARGET + sign * RATE * COUNT / (2 * BATCH) * HESSIAN / EIGENVALUE
    drift = -EIGENVALUE / COUNT * (VALUE - TARGET) + PUSH
    return Equal(
        -EIGENVALUE / COUNT * (VALUE - level), drift, on={**SCALES, **dict.fromkeys((VALUE, TARGET, HESSIAN), REAL)}
    )


def beside(sign: int) -> Expr:
    """The mean of eq. 21 with Z_t = (η/2S)[∫Γ(x) ± K(x, X)K̂⁻¹∫(I − e^{−(t−s)K̂/N})Γ(X) ds], for constant Γ."""
    waiting = TIME - COUNT / EIGENVALUE * (1 - decay(TIME))
    extra = RATE / (2 * BATCH) * (BESIDE * TIME + sign * LOADING / EIGENVALUE * HESSIAN * waiting)
    return ELSEWHERE + LOADING / EIGENVALUE * (1 - decay(TIME)) * (TARGET - START) + extra


def beside_equation(sign: int) -> Equal:
    """∂_t f(x) = −(k/N)(f_t(X) − Y) + ηΓ(x)/(2S), with the mean of f_t(X) that eq. 19 has."""
    right = -LOADING / COUNT * (mean(1) - TARGET) + RATE * BESIDE / (2 * BATCH)
    return Equal(Derivative(beside(sign), TIME), right, on={**ON, **dict.fromkeys((LOADING, BESIDE, ELSEWHERE), REAL)})


def ito_drift(function: Expr) -> Equal:
    """d/dh of E f(θ + √(hη/S)·Σ^{1/2}g) at h = 0, against (η/2S)·Tr(Σ∇²f)."""
    moved = {FIRST: FIRST + G1, SECOND: SECOND + G2}
    spread = DRIFT * RATE / BATCH
    found = gaussian_mean(
        function.subs(moved, simultaneous=True), (G1, G2), ((spread * A, spread * B), (spread * B, spread * C))
    )
    trace = A * diff(function, FIRST, 2) + 2 * B * diff(function, FIRST, SECOND) + C * diff(function, SECOND, 2)
    on = {RATE: POSITIVE, BATCH: POSITIVE, A: POSITIVE, B: REAL, C: POSITIVE, FIRST: REAL, SECOND: REAL}
    return Equal(diff(found, DRIFT).subs(DRIFT, 0), RATE / (2 * BATCH) * trace, on=on)


CLAIMS = (
    Claim(
        id="hayou2020/appendixD/euler-step",
        where="appendix D, eqs. 16 and 17",
        printed=r"\hat\theta_{t+1} = \hat\theta_t - \eta\nabla\mathcal{L}(\hat\theta_t) + \frac{\eta}{\sqrt S} Z(\theta_t) "
        r"[\ldots] d\theta_t = -\nabla\mathcal{L}(\theta_t)dt + \sqrt{\frac{\eta}{S}}\Sigma(\theta_t)^{1/2}dW_t "
        r"[\ldots] \text{ with time step } \Delta = \eta",
        assumptions=("the broken factors are read η/√S and √(η/S), as the proof of eq. 20 has them",),
        statement=Equal(sqrt(RATE / BATCH) * sqrt(RATE), RATE / sqrt(BATCH), on={RATE: POSITIVE, BATCH: POSITIVE}),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The deviation of √(η/S)·(W_{t+η} − W_t) is that of (η/√S)·Z.",
    ),
    Claim(
        id="hayou2020/proposition4/ito-drift",
        where="proposition 4, eq. 18, and its proof (appendix D)",
        printed=r"df_t(\mathcal{X}) = \left[-\frac1N \hat K_{\theta_t} \nabla_{z'}\ell(f_t(\mathcal{X}),\mathcal{Y}) + "
        r"\frac12\frac{\eta}{S}\Gamma_t(\mathcal{X})\right]dt + \sqrt{\frac{\eta}{S}}\nabla_\theta f \Sigma^{1/2} dW_t, "
        r"\quad \Gamma_t(x) = \mathrm{Tr}(\Sigma^{1/2}\nabla_2 f_i(x,\theta_t)\Sigma^{1/2})",
        statement=ForAll((FIRST**2, FIRST * SECOND**2, FIRST**3 * SECOND - SECOND**4), ito_drift),
        checks=sampled(*IDENTITY),
        expected=Verdict.SUPPORTED,
        note="The second-order term, for three polynomials of two parameters and every Σ, as the rate of E f along the noise.",
    ),
    Claim(
        id="hayou2020/appendixD/mean-reversion-level",
        where="appendix D, below eq. 19",
        printed=r"df_t(\mathcal{X}) = -\frac1N \hat K^L (f_t(\mathcal{X}) - M_t)dt + [\ldots], \quad "
        r"M_t = \mathcal{Y} - \frac{\eta N}{2S} (\hat K^L)^{-1}\Gamma_t(\mathcal{X})",
        assumptions=("the broken factor is read ηN/(2S); with another positive factor the sign is wrong as well",),
        statement=mean_reversion(-1),
        checks=(
            CertifiedWitness({RATE: 1, BATCH: 1, COUNT: 1, EIGENVALUE: 1, VALUE: 0, TARGET: 0, HESSIAN: 1}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="Eqs. 18 and 19 have +(η/2S)Γ in the drift. " + BY_EIGENVECTORS,
        corrected=Claim(
            id="hayou2020/appendixD/mean-reversion-level/corrected",
            where="appendix D, below eq. 19",
            printed=r"M_t = \mathcal{Y} + \frac{\eta N}{2S} (\hat K^L)^{-1}\Gamma_t(\mathcal{X})",
            statement=mean_reversion(1),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/appendixD/change-of-variable",
        where="appendix D, proof of eq. 20",
        printed=r"A_t = e^{\frac tN \hat K^L} f_t(\mathcal{X}), \quad dA_t = \frac1N \hat K^L A_t dt + "
        r"e^{\frac tN \hat K^L} df_t(\mathcal{X}) = \frac1N \hat K^L e^{\frac tN \hat K^L} M_t dt + [\ldots]",
        assumptions=("M_t is written y; the noise term is only multiplied by the exponential",),
        statement=Equal(
            EIGENVALUE / COUNT * exp(TIME * EIGENVALUE / COUNT) * VALUE
            + exp(TIME * EIGENVALUE / COUNT) * (-EIGENVALUE / COUNT * (VALUE - TARGET)),
            EIGENVALUE / COUNT * exp(TIME * EIGENVALUE / COUNT) * TARGET,
            on={**SCALES, TIME: Interval(0, 5), VALUE: REAL, TARGET: REAL},
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="The exponential does not depend on f, so that no second-order term enters. " + BY_EIGENVECTORS,
    ),
    Claim(
        id="hayou2020/appendixD/eq20",
        where="appendix D, eq. 20",
        printed=r"f_t(\mathcal{X}) = e^{-\frac tN \hat K^L}f_0(\mathcal{X}) + (I - e^{-\frac tN \hat K^L})\mathcal{Y} + "
        r"A_t(\mathcal{X}), \quad A_t(\mathcal{X}) = -\frac{\eta}{2S}\int_0^t e^{-\frac{(t-s)}{N}\hat K^L}"
        r"\Gamma_s(\mathcal{X})ds + \sqrt{\frac{\eta}{S}} \int_0^t [\ldots] dW_s",
        assumptions=("in the mean, so without the integral by dW",),
        statement=drift_equation(-1),
        checks=(
            CertifiedWitness({RATE: 1, BATCH: 1, COUNT: 1, EIGENVALUE: 1, TIME: 1, START: 0, TARGET: 0, HESSIAN: 1}),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="The sign of M_t goes on. " + BY_EIGENVECTORS,
        corrected=Claim(
            id="hayou2020/appendixD/eq20/corrected",
            where="appendix D, eq. 20",
            printed=r"A_t(\mathcal{X}) = \frac{\eta}{2S}\int_0^t e^{-\frac{(t-s)}{N}\hat K^L}\Gamma_s(\mathcal{X})ds + [\ldots]",
            statement=And(
                (drift_equation(1), Equal(mean(1).subs(TIME, 0), START, on={k: v for k, v in ON.items() if k != TIME}))
            ),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),
    Claim(
        id="hayou2020/appendixD/eq21-drift",
        where="appendix D, eq. 21",
        printed=r"Z_t(x) = \frac{\eta}{2S}\left[\int_0^t \Gamma_s(x)ds + \int_0^t K^L(x,\mathcal{X})(\hat K^L)^{-1}"
        r"(I - e^{-\frac{(t-s)}{N}\hat K^L})\Gamma_s(\mathcal{X})ds\right]",
        assumptions=("in the mean, with the mean of f_t(X) that the drift of eq. 19 gives",),
        statement=beside_equation(1),
        checks=(
            CertifiedWitness(
                {
                    RATE: 1,
                    BATCH: 1,
                    COUNT: 1,
                    EIGENVALUE: 1,
                    TIME: 1,
                    START: 0,
                    TARGET: 0,
                    HESSIAN: 1,
                    LOADING: 1,
                    BESIDE: 0,
                    ELSEWHERE: 0,
                }
            ),
            HighPrecisionAtPoints(),
        ),
        expected=Verdict.REFUTED,
        kind="error",
        note="A push of f(X) upwards is pulled back through the kernel. " + BY_EIGENVECTORS,
        corrected=Claim(
            id="hayou2020/appendixD/eq21-drift/corrected",
            where="appendix D, eq. 21",
            printed=r"Z_t(x) = \frac{\eta}{2S}\left[\int_0^t \Gamma_s(x)ds - \int_0^t K^L(x,\mathcal{X})(\hat K^L)^{-1}"
            r"(I - e^{-\frac{(t-s)}{N}\hat K^L})\Gamma_s(\mathcal{X})ds\right]",
            statement=beside_equation(-1),
            checks=IDENTITY,
            expected=Verdict.PROVED,
        ),
    ),  # fmt: skip
    Claim(
        id="hayou2020/appendixD/eq21-noise",
        where="appendix D, eq. 21",
        printed=r"R_t(x) = \sqrt{\frac{\eta}{S}}\int_0^t \left[K^L(x,\mathcal{X})(\hat K^L)^{-1}(e^{-\frac{(t-s)}{N}"
        r"\hat K^L} - I)\nabla_\theta f(\mathcal{X},\theta_s) + \nabla_\theta f(x,\theta_s)\right]\Sigma(\theta_s)^{1/2}dW_s",
        assumptions=(
            "the noise that enters at s moves f(X) by e^{−(u−s)d/N} at u, and f(x) by −(k/N) times that per time",
        ),
        statement=And(
            (
                Equal(
                    Derivative(LOADING / EIGENVALUE * (decay(TIME) - 1), TIME),
                    -LOADING / COUNT * decay(TIME),
                    on={**SCALES, TIME: Interval(0, 5), LOADING: REAL},
                ),
                Equal(
                    (LOADING / EIGENVALUE * (decay(TIME) - 1)).subs(TIME, 0),
                    S.Zero,
                    on={EIGENVALUE: POSITIVE, LOADING: REAL},
                ),
            )
        ),
        checks=IDENTITY,
        expected=Verdict.PROVED,
        note="t is u − s; the order of the integrals by du and dW_s is exchanged.",
    ),
)
