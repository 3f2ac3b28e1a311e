"""What each command answers, in its three forms: a JSON record, lines of text and LaTeX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Function, Symbol

from symntk.activations.activation import Activation
from symntk.derivation import Derivation, Equation
from symntk.errors import NoClosedFormError
from symntk.expansions.endpoint import Expansion
from symntk.gaussian.dual import Dual, derivative_dual
from symntk.gaussian.hermite import enclosed_hermite_coefficients, hermite_coefficients
from symntk.gaussian.hermite_formula import HermiteCase, hermite_formula
from symntk.notation import Q1, Q2, RHO, X
from symntk.render.derivation import derivation_latex, derivation_records, derivation_text
from symntk.render.latex import latex, latex_case, latex_expansion
from symntk.render.numeric import bits_for, constant, formula
from symntk.render.text import text

PHI, PHI_HAT, PHI_PRIME_HAT = Function("phi"), Function("phi_hat"), Function("phi_prime_hat")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One result in the three forms that a command can print."""

    record: dict[str, Any]
    text: str
    latex: str

    def with_steps(self, derivation: Derivation) -> Answer:
        """The answer followed by the steps that lead to it."""
        return Answer(
            record=self.record | {"steps": derivation_records(derivation)},
            text=f"{self.text}\n\n{derivation_text(derivation)}",
            latex=f"{self.latex}\n{derivation_latex(derivation)}",
        )


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a dual is evaluated: a correlation and two variances."""

    rho: Expr
    q1: Expr
    q2: Expr


def dual_answer(subject: Dual, *, general: bool) -> Answer:
    """The dual of φ and the dual of φ′, in ρ or in (ρ, q₁, q₂)."""
    where = (RHO, Q1, Q2) if general else (RHO,)
    dual = subject.general if general else subject.expression
    slope = derivative_dual(subject.activation, general)
    equations = [
        Equation(lhs=PHI(X), rhs=subject.activation.expression),
        Equation(lhs=PHI_HAT(*where), rhs=dual),
        Equation(lhs=PHI_PRIME_HAT(*where), rhs=slope),
    ]
    record = {
        "activation": subject.activation.name,
        "formula": formula(subject.activation.expression),
        "closed_form": subject.closed_form,
        "dual": formula(dual),
        "derivative_dual": formula(slope),
    }
    return _of_equations(record, equations)


def dual_value_answer(subject: Dual, place: Place, *, general: bool, digits: int) -> Answer:
    """The duals followed by the certified value of the dual of φ at one place."""
    duals = dual_answer(subject, general=general)
    exact = subject.at(place.rho, place.q1, place.q2)
    value = constant(exact, digits)
    point = PHI_HAT(place.rho) if place.q1 == place.q2 == 1 else PHI_HAT(place.rho, place.q1, place.q2)
    equation = Equation(lhs=point, rhs=exact)
    return Answer(
        record=duals.record | {"rho": str(place.rho), "q1": str(place.q1), "q2": str(place.q2), "value": value},
        text=f"{duals.text}\n{_with_decimal(text(equation), value)}",
        latex=f"{duals.latex}\n{latex(equation)}",
    )


def hermite_answer(activation: Activation, *, order: int, digits: int) -> Answer:
    """The Hermite coefficients a₀, …, a_order, exact and certified, and aₙ for symbolic n where it exists."""
    exact = hermite_coefficients(activation, order + 1)
    balls = enclosed_hermite_coefficients(activation, order + 1, bits=bits_for(digits))
    values = [constant(a, digits, ball) for a, ball in zip(exact, balls, strict=True)]
    equations = [Equation(lhs=Symbol(f"a_{n}"), rhs=a) for n, a in enumerate(exact)]
    cases = _symbolic_orders(activation)
    general = [Equation(lhs=Symbol("a_n"), rhs=case.expression) for case in cases]
    lines = [_with_decimal(text(e), value) for e, value in zip(equations, values, strict=True)]
    lines += [f"{text(e)} for {_orders(case)}" for e, case in zip(general, cases, strict=True)]
    sources = [*map(latex, equations), *(latex_case(e, _orders(c)) for e, c in zip(general, cases, strict=True))]
    return Answer(
        record={
            "activation": activation.name,
            "coefficients": [{"n": n, "coefficient": value} for n, value in enumerate(values)],
            "symbolic": [
                {"parity": case.parity, "start": case.start, "coefficient": formula(case.expression)} for case in cases
            ],
        },
        text="\n".join(lines),
        latex="\n".join(sources),
    )


def _symbolic_orders(activation: Activation) -> tuple[HermiteCase, ...]:
    try:
        return hermite_formula(activation)
    except NoClosedFormError:
        return ()


def _orders(case: HermiteCase) -> str:
    """Which orders a case speaks of, in words."""
    which = "all" if case.parity is None else f"all {case.parity}"
    return f"{which} n ≥ {case.start}"


def expansion_answer(expansion: Expansion, *, digits: int) -> Answer:
    """The terms of the expansion of the correlation map, from the lowest power up."""
    values = [constant(term.coefficient, digits) for term in expansion.terms]
    powers = [expansion.variable**term.exponent for term in expansion.terms]
    name = expansion.activation.name
    iterate = f"the {expansion.depth}-fold iterate of " if expansion.depth > 1 else ""
    lines = [f"{iterate}f(ρ) = φ̂(ρ)/φ̂(1) of {name} at ρ = {text(expansion.at)}, {_meaning(expansion)}"]
    lines += [_with_decimal(f"  {text(p):>10}   {v['text']}", v) for p, v in zip(powers, values, strict=True)]
    record = {
        "activation": name,
        "at": str(expansion.at),
        "depth": expansion.depth,
        "variable": str(expansion.variable),
        "meaning": formula(expansion.meaning),
        "order": str(expansion.order),
        "terms": [
            {"exponent": str(t.exponent), "coefficient": v} for t, v in zip(expansion.terms, values, strict=True)
        ],
    }
    pairs = [(term.coefficient, power) for term, power in zip(expansion.terms, powers, strict=True)]
    source = latex_expansion(pairs, _equation(expansion), order=expansion.order, depth=expansion.depth)
    return Answer(record=record, text="\n".join(lines), latex=source)


def _equation(expansion: Expansion) -> Equation:
    return Equation(lhs=expansion.variable, rhs=expansion.meaning)


def _meaning(expansion: Expansion) -> str:
    return f"in {text(_equation(expansion))}" + (" (all terms)" if expansion.order.is_infinite else "")


def _of_equations(record: dict[str, Any], equations: list[Equation]) -> Answer:
    return Answer(record=record, text="\n".join(map(text, equations)), latex="\n".join(map(latex, equations)))


def _with_decimal(written: str, value: dict[str, str]) -> str:
    """The formula followed by its decimal value, unless it is an integer anyway."""
    if value["text"].lstrip("−").isdigit():
        return written
    return f"{written} = {value['value']}" + ("" if value["radius"] == "0" else f" ± {value['radius']}")
