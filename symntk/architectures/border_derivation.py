"""The steps from the recursion of a deconvolutional net to its kernels near the border, each checked on its own."""

from __future__ import annotations

import sympy
from sympy import Expr, Function, Integer, Sum, Symbol

from symntk.architectures.border import BETA, LAYER, LAYERS, RATIO, BorderKernel, Place
from symntk.architectures.border_values import family
from symntk.derivation import Derivation, Equation, Step
from symntk.numbers.identity import prove_zero

SIGMA, NTK, SHARE = Function("Sigma"), Function("Theta"), Function("a")
_N = Symbol("n", integer=True, nonnegative=True)
_MOST_EQUATIONS, _MOST_LAYERS = 6, 4


def border_derivation(kernel: BorderKernel) -> Derivation:
    """The recursion at the position and its ancestors, the count of its chains, the unrolled sums, the closed forms.

    Guarantee: a step marked PROVED was decided by exact algebra; the closed forms by their first value and their
    increments Σ^{(ℓ+1)} − Σ^{(ℓ)}, in r with β² = 1 − r. Source: [jacot2019].

    >>> from symntk.architectures.half_line import HalfLine
    >>> steps = border_derivation(BorderKernel(axes=(HalfLine(stride=2, window=4),), place=(0,))).steps
    >>> [step.verdict for step in steps]
    ['DEFINITION', 'DEFINITION', 'PROVED', 'SUPPORTED', 'SUPPORTED', 'PROVED', 'PROVED']
    """
    name = f"Kernels at the position ({', '.join('∞' if p is None else str(p) for p in kernel.place)})"
    return Derivation(
        title=name,
        steps=(
            *_recursions(kernel),
            _count(kernel),
            _unrolled(kernel, slope=False),
            _unrolled(kernel, slope=True),
            _closed(kernel, slope=False),
            _closed(kernel, slope=True),
        ),
    )


def _recursions(kernel: BorderKernel) -> list[Step]:
    """One layer, at the position and at its nearest ancestors."""
    divisor = sympy.Mul(*(axis.mean_parents for axis in kernel.axes))
    members = list(family(kernel.axes, (kernel.place,)).items())[:_MOST_EQUATIONS] if _even(kernel) else []
    found: list[Step] = []
    for place, above in members:
        means = [Integer(count) / divisor * SIGMA(*_letters(q), LAYER) for q, count in above]
        equation = Equation(lhs=SIGMA(*_letters(place), LAYER + 1), rhs=BETA**2 + RATIO * sympy.Add(*means))
        found.append(
            Step(equation=equation, reason="E φ(√q u)² = q, over the parents of the position", source="jacot2019")
        )
    for place, above in members[:1]:
        means = [Integer(count) / divisor * NTK(*_letters(q), LAYERS) for q, count in above]
        whole = SIGMA(*_letters(place), LAYERS + 1) + RATIO * sympy.Add(*means)
        equation = Equation(lhs=NTK(*_letters(place), LAYERS + 1), rhs=whole)
        found.append(
            Step(equation=equation, reason="E φ′(√q u)² = 1, and the same for its ancestors", source="jacot2019")
        )
    return found


def _even(kernel: BorderKernel) -> bool:
    return all(a.even or p is not None for a, p in zip(kernel.axes, kernel.place, strict=True))


def _letters(place: Place) -> tuple[Expr, ...]:
    return tuple(sympy.oo if p is None else Integer(p) for p in place)


def _count(kernel: BorderKernel) -> Step:
    """a_n, checked on twice as many values as its recursion has terms, which decides."""
    order = len(kernel.survival.terms) + kernel.survival.settled
    for axis, place in zip(kernel.axes, kernel.place, strict=True):
        order += 0 if place is None else len(axis.ancestors(place))
    shares = kernel.shares(2 * order + 2)
    right = all(prove_zero(sympy.expand(kernel.survival.at(n) - share)) for n, share in enumerate(shares))
    return Step(
        equation=Equation(lhs=SHARE(_N), rhs=_share(kernel, _N)),
        reason=f"chains of n ≥ {kernel.survival.settled} parents over their mean far from the border, by the linear "
        "recursion of the transfer matrix",
        verdict="PROVED" if right else "UNDECIDED",
    )


def _share(kernel: BorderKernel, index: Expr) -> Expr:
    """a_n for n from `settled` on."""
    return sympy.Add(*(t.coefficient * index**t.power * t.base**index for t in kernel.survival.terms))


def _unrolled(kernel: BorderKernel, *, slope: bool) -> Step:
    """The sum over the chains, compared with the recursion at the first layers."""
    depth = LAYERS if slope else LAYER
    weight, last = (_N + 1, depth) if slope else (Integer(1), Integer(1))
    total = BETA**2 * Sum(weight * RATIO**_N * SHARE(_N), (_N, 0, depth - 1)) + last * RATIO**depth * SHARE(depth)
    counted = kernel.ntk_at if slope else kernel.sigma_at
    walked = _walked(kernel)
    same = all(prove_zero(sympy.expand(counted(n, 1 - RATIO) - pair[slope])) for n, pair in enumerate(walked, 1))
    return Step(
        equation=Equation(lhs=_head(kernel, slope=slope), rhs=total),
        reason="the recursion unrolled along the chains",
        source="jacot2019",
        verdict="SUPPORTED" if same and _even(kernel) else "UNDECIDED",
    )


def _walked(kernel: BorderKernel) -> list[tuple[Expr, Expr]]:
    """Σ and Θ after 1, 2, … layers by the recursion over the ancestors, as polynomials in r = 1 − β²."""
    if not _even(kernel):
        return []
    above = family(kernel.axes, (kernel.place,))
    divisor = sympy.Mul(*(axis.mean_parents for axis in kernel.axes))
    sigma: dict[Place, Expr] = dict.fromkeys(above, Integer(1))
    ntk: dict[Place, Expr] = dict.fromkeys(above, Integer(0))
    found: list[tuple[Expr, Expr]] = []
    for _ in range(_MOST_LAYERS):
        means = [
            {p: sympy.Add(*(m * v[q] for q, m in row)) / divisor for p, row in above.items()} for v in (sigma, ntk)
        ]
        sigma = {p: sympy.expand(1 - RATIO + RATIO * means[0][p]) for p in above}
        ntk = {p: sympy.expand(sigma[p] + RATIO * means[1][p]) for p in above}
        found.append((sigma[kernel.place], ntk[kernel.place]))
    return found


def _head(kernel: BorderKernel, *, slope: bool) -> Expr:
    return NTK(*_letters(kernel.place), LAYERS) if slope else SIGMA(*_letters(kernel.place), LAYER)


def _closed(kernel: BorderKernel, *, slope: bool) -> Step:
    """The geometric sums."""
    depth, form = (LAYERS, kernel.ntk) if slope else (LAYER, kernel.sigma)
    return Step(
        equation=Equation(lhs=_head(kernel, slope=slope), rhs=form),
        reason="its geometric sums, with r = 1 − β²",
        verdict="PROVED" if proved_closed_form(kernel, depth, form, slope=slope) else "UNDECIDED",
    )


def proved_closed_form(kernel: BorderKernel, depth: Symbol, form: Expr, *, slope: bool) -> bool:
    """Whether a formula in r, β and the depth is Σ (or with `slope` Θ) for every depth from `valid_from` on.

    By its first value, and by its increments w(ℓ)·β²r^ℓa_ℓ + w(ℓ)·r^{ℓ+1}a_{ℓ+1} − w(ℓ − 1)·r^ℓa_ℓ, w = 1 (or ℓ + 1).
    """
    first = kernel.valid_from
    value = kernel.ntk_at if slope else kernel.sigma_at
    start = _in_ratio(form.subs(depth, first)) - value(first, 1 - RATIO)
    new, old = (depth + 1, depth) if slope else (Integer(1), Integer(1))
    now, then = RATIO**depth * _share(kernel, depth), RATIO ** (depth + 1) * _share(kernel, depth + 1)
    step = _in_ratio(form.subs(depth, depth + 1) - form) - new * (1 - RATIO) * now - new * then + old * now
    return prove_zero(sympy.together(start)) and prove_zero(_collected(step, depth))


def _in_ratio(form: Expr) -> Expr:
    return form.subs(BETA**2, 1 - RATIO)


def _collected(step: Expr, depth: Symbol) -> Expr:
    """The increments with a letter for each power λ^ℓ and for r^ℓ, rational in everything."""
    common, letters = sympy.Dummy("t", positive=True), dict[Expr, Expr]()

    def lettered(power: Expr) -> Expr:
        base, exponent = power.as_base_exp()
        rate, shift = exponent.coeff(depth), exponent.subs(depth, 0)
        number = sympy.expand((base**rate).subs(RATIO, 1))
        letter = letters.setdefault(number, sympy.Dummy("t", positive=True)) if number != 1 else Integer(1)
        return letter * base**shift * (common if base.has(RATIO) else 1)

    return sympy.together(sympy.expand(step.replace(lambda part: part.is_Pow and part.exp.has(depth), lettered)))
