"""How the recursions of correlation and NTK follow from the definition of each network, step by step."""

from __future__ import annotations

import sympy
from sympy import Expr, Function, Symbol

from symntk.architectures.residual import Residual
from symntk.architectures.scaled_residual import ScaledResidual
from symntk.derivation import Derivation, Equation, Step
from symntk.errors import DomainError

Q, C, K, ALPHA, KAPPA, WEIGHT, BIAS, UNIT = (
    Symbol(name, positive=True) for name in ("q", "c", "K", "alpha", "kappa", "sigma_w", "sigma_b", "delta")
)
ELL = Symbol("ell", positive=True)
Q_NEXT, C_NEXT, K_NEXT, S_NEXT, SCALED, SCALED_NEXT = (
    Symbol(name) for name in ("q_ell", "c_ell", "K_ell", "Sigma_ell", "k", "k_ell")
)
MOMENT = Symbol("m_2", positive=True)
_F = Function("f")
F, SLOPE = _F(C), Function("f_prime")(C)
_BEFORE = "letters without index belong to layer ℓ − 1"


def recursion_steps(name: str) -> Derivation:
    """The derivation of the recursions of "fc", "resnet" or "scaled_resnet" at equal norms.

    m₂ = E φ(Z)², f is the correlation map of φ, f′ its derivative; φ is positively homogeneous in the residual nets.
    Guarantee: definitions are marked as such, every other step is checked by exact algebra. Raises DomainError for
    another name. Source: [hayou2021], [jacot2018].

    >>> {step.verdict for step in recursion_steps("resnet").steps}
    {'DEFINITION', 'PROVED'}
    """
    if name == "fc":
        return Derivation(title="Fully connected layer at the fixed variance, " + _BEFORE, steps=_dense())
    if name == "resnet":
        network = Residual(strength=ALPHA)
        return Derivation(title="Residual layer, " + _BEFORE, steps=_block(ALPHA, network.weight, ALPHA))
    if name == "scaled_resnet":
        weight = ScaledResidual(strength=KAPPA).weight(ELL)
        return Derivation(title="Residual layer divided by √ℓ, " + _BEFORE, steps=_block(KAPPA, weight, KAPPA / ELL))
    raise DomainError(f"the derivation of {name[:40]!r} was asked for; take fc, resnet or scaled_resnet")


def _defined(lhs: Expr, rhs: Expr, reason: str, source: str = "") -> Step:
    return Step(equation=Equation(lhs=lhs, rhs=rhs), reason=reason, source=source)


def _proved(lhs: Expr, rhs: Expr, reason: str, derived: Expr) -> Step:
    """The step lhs = rhs, where `derived` is what the steps before give for lhs."""
    verdict = "PROVED" if sympy.simplify(derived - rhs) == 0 else "REFUTED"
    return Step(equation=Equation(lhs=lhs, rhs=rhs), reason=reason, verdict=verdict)


def _dense() -> tuple[Step, ...]:
    kernel = SLOPE * K + Q * F
    return (
        _defined(Q, WEIGHT**2 * MOMENT + BIAS**2, "variance of b + Σ_j W_j φ(y_j) at its fixed point, m₂ = E φ(y)²"),
        _defined(S_NEXT, Q * F, "the same for two inputs: q·f(c) = σ_b² + σ_w²·E φ(u)φ(v)", "hayou2021"),
        _proved(C_NEXT, F, "Σ_ℓ/q", Q * F / Q),
        _defined(K_NEXT, kernel, "chain rule: ∂y through φ′, σ_w²·E φ′φ′ = f′(c), and the own parameters", "jacot2018"),
        _proved(SCALED_NEXT, SLOPE * SCALED + F, "k = K/q", (kernel / Q).subs(K, Q * SCALED)),
    )


def _block(strength: Expr, weight: Expr, share: Expr) -> tuple[Step, ...]:
    """`share` is what the block adds to the variance in units of q: σ_w²·m₂, divided by ℓ in a scaled block."""
    grown, covariance = (1 + share) * Q, Q * C + share * Q * F
    kernel = (1 + share * SLOPE) * K + share * Q * F
    scaled, source = (UNIT, F) if strength == ALPHA else (sympy.S.One, UNIT * F)
    own = kernel / (scaled * grown)
    after = (1 - UNIT + UNIT * SLOPE) * SCALED + source
    return (
        _defined(strength, WEIGHT**2 * MOMENT, "σ_w²·E φ(Z)²; E φ(√q·Z)² = q·E φ(Z)², since φ is homogeneous"),
        _defined(
            Q_NEXT, Q + share * Q, "y and the block are uncorrelated: the weights of the block are new", "hayou2021"
        ),
        _defined(S_NEXT, covariance, "the same for two inputs: σ_w²·E φ(u)φ(v) is that multiple of q·f(c)"),
        _proved(UNIT, weight, "share of the block in the new variance", share / (1 + share)),
        _proved(C_NEXT, (1 - UNIT) * C + UNIT * F, "Σ_ℓ/q_ℓ", _mixed(covariance / grown, share)),
        _defined(
            K_NEXT, kernel, "chain rule: ∂y_ℓ through the skip connection and through φ′, and the block's own weights"
        ),
        _proved(
            SCALED_NEXT,
            after,
            "k = K/(δ·q)" if strength == ALPHA else "k = K/q",
            _mixed(own.subs(K, scaled * Q * SCALED), share),
        ),
    )


def _mixed(expression: Expr, share: Expr) -> Expr:
    """The expression with the share written by δ."""
    if share == ALPHA:
        return sympy.simplify(expression.subs(ALPHA, UNIT / (1 - UNIT)))
    return sympy.simplify(expression.subs(KAPPA, ELL * UNIT / (1 - UNIT)))
