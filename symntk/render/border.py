"""What `symntk border` prints: the kernels of a deconvolutional net at each class of positions near its border."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any

from sympy import CRootOf, Expr, Function, Integer, Symbol, oo

from symntk.activations.activation import Activation
from symntk.architectures.border import BETA, LAYER, LAYERS, RATIO, BorderKernel, Place
from symntk.architectures.border_derivation import border_derivation
from symntk.architectures.border_values import border_values
from symntk.architectures.half_line import HalfLine
from symntk.derivation import Derivation, Equation
from symntk.errors import DomainError
from symntk.numbers.precision import working_precision
from symntk.render.answers import Answer
from symntk.render.latex import MATHEMATICAL, latex
from symntk.render.numeric import bits_for, constant, formula, number
from symntk.render.text import text

SIGMA, NTK, PLACE, VALUE = Function("Sigma"), Function("Theta"), Symbol("p"), Symbol("V")
GUARD_BITS = 32
_MOST_CLASSES = 200


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """The coordinates along one axis that look the same; (None,) is far from the border."""

    members: tuple[int | None, ...]

    @property
    def written(self) -> str:
        """0, or {0, 1}, or far."""
        if self.members == (None,):
            return "far"
        listed = ", ".join(map(str, self.members))
        return listed if len(self.members) == 1 else f"{{{listed}}}"


PositionClass = tuple[Coordinates, ...]


def axes_of(strides: list[int], windows: list[int], paddings: list[int], dim: int | None) -> tuple[HalfLine, ...]:
    """One half-line for each axis; a single number stands for all axes.

    >>> len(axes_of([2], [4], [0], 3))
    3
    """
    count = dim or max(map(len, (strides, windows, paddings)))
    if count < 1:
        raise DomainError(f"a border in dimension {count} was asked for; take --dim 1 or more")
    columns: list[list[int]] = []
    for name, given in (("strides", strides), ("windows", windows), ("paddings", paddings)):
        if len(given) not in (1, count):
            raise DomainError(f"{len(given)} {name} were given for {count} axes; give one, or one for each axis")
        columns.append(given * (count if len(given) == 1 else 1))
    return tuple(HalfLine(stride=s, window=w, padding=p) for s, w, p in zip(*columns, strict=True))


def position_classes(axes: tuple[HalfLine, ...], near: int | None = None) -> list[PositionClass]:
    """The classes of positions, the corner first; the coordinates are 0, …, near − 1, or far.

    >>> [tuple(c.written for c in k) for k in position_classes((HalfLine(stride=2, window=4),) * 2)]
    [('{0, 1}', '{0, 1}'), ('{0, 1}', 'far')]
    """
    columns = [[*_coordinates(axis, near), Coordinates(members=(None,))] for axis in axes]
    rows = combinations_with_replacement(columns[0], len(axes)) if len(set(axes)) == 1 else product(*columns)
    found: list[PositionClass] = []
    for row in rows:
        if any(c.members != (None,) for c in row):
            found.append(tuple(row))
        if len(found) > _MOST_CLASSES:
            raise DomainError(f"more than {_MOST_CLASSES} classes of positions were asked for; take a smaller --near")
    return found


def _coordinates(axis: HalfLine, near: int | None) -> list[Coordinates]:
    count = max(axis.border, axis.trapped + 1) if near is None else near
    if count < 1:
        raise DomainError(f"{count} positions near the border were asked for; take at least 1")
    gathered: dict[tuple[int, ...], list[int]] = {}
    length = 2 * (axis.trapped + count) + 2
    for p in range(count):
        gathered.setdefault(tuple(axis.chains(p, length)), []).append(p)
    return [Coordinates(members=tuple(members)) for members in gathered.values()]


def border_answer(
    axes: tuple[HalfLine, ...], activation: Activation, beta: Expr | None, near: int | None, *, digits: int
) -> Answer:
    """The closed forms in ℓ and L at every class of positions, their bulk values and the limits of the ratios."""
    if activation.homogeneity_degree != 1:
        raise DomainError(
            f"closed forms at the border were asked for {activation.name}, but they need E φ(√q u)² = q·E φ(u)², that "
            "is φ = αx + β|x| (relu, leaky_relu(a), abs); give --layers and --beta for certified values"
        )
    classes = position_classes(axes, near)
    rows = [_Row(classes=k, kernel=BorderKernel(axes=axes, place=_representative(k)), beta=beta) for k in classes]
    bulk = _Row(classes=_far(axes), kernel=BorderKernel(axes=axes, place=(None,) * len(axes)), beta=beta)
    lines = [_head(axes, activation, beta), *_remarks(axes, rows, beta)]
    lines += [f"far from the border: {text(bulk.sigma_equation)}, {text(bulk.ntk_equation)}"]
    sources = bulk.sources
    for row in rows:
        lines += row.lines
        sources += row.sources
    record = rows[0].record(bulk) | {
        "activation": activation.name,
        "axes": [{"stride": a.stride, "window": a.window, "padding": a.padding} for a in axes],
        "beta": None if beta is None else constant(beta, digits),
        "remarks": _remarks(axes, rows, beta),
        "classes": [row.record(bulk) for row in rows],
    }
    return Answer(record=record, text="\n".join(lines), latex="\n".join(sources))


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One class of positions with its formulas; β is a symbol where it is None."""

    classes: PositionClass
    kernel: BorderKernel
    beta: Expr | None

    @property
    def sigma(self) -> Expr:
        return self.kernel.sigma if self.beta is None else self.kernel.sigma_for(self.beta)

    @property
    def ntk(self) -> Expr:
        return self.kernel.ntk if self.beta is None else self.kernel.ntk_for(self.beta)

    @property
    def ratios(self) -> tuple[Expr, Expr]:
        if self.beta is None:
            return self.kernel.sigma_ratio_limit, self.kernel.ntk_ratio_limit
        return self.kernel.ratio_limits_for(self.beta)

    @property
    def sigma_equation(self) -> Equation:
        return Equation(lhs=SIGMA(PLACE, LAYER), rhs=named_roots(self.sigma))

    @property
    def ntk_equation(self) -> Equation:
        return Equation(lhs=NTK(PLACE, LAYERS), rhs=named_roots(self.ntk))

    @property
    def label(self) -> str:
        return f"p = ({', '.join(c.written for c in self.classes)})"

    @property
    def lines(self) -> list[str]:
        first = self.kernel.valid_from
        since = f", for ℓ, L ≥ {first}" if first > 1 else ""
        sigma, ntk = (text(named_roots(value)) for value in self.ratios)
        return [
            f"{self.label}{since}:",
            f"  {text(self.sigma_equation)}",
            f"  {text(self.ntk_equation)}",
            f"  over the values far from the border, as L → ∞: Σ → {sigma}, Θ → {ntk}",
        ]

    @property
    def sources(self) -> list[str]:
        """The formulas at the first position of the class, ∞ for far coordinates."""
        place, far = _arguments(self.classes), (oo,) * len(self.classes)
        found: list[str] = []
        rows = zip((SIGMA, NTK), (LAYER, LAYERS), (self.sigma, self.ntk), self.ratios, strict=True)
        for head, depth, form, limit in rows:
            found.append(latex(Equation(lhs=head(*place, depth), rhs=named_roots(form))))
            if any(p != oo for p in place):
                ratio = latex(head(*place, depth) / head(*far, depth))
                found.append(f"{ratio}{MATHEMATICAL['→']} {latex(named_roots(limit))}")
        return found

    def record(self, bulk: _Row) -> dict[str, Any]:
        sigma_ratio, ntk_ratio = self.ratios
        return {
            "positions": _positions(self.classes),
            "valid_from": self.kernel.valid_from,
            "sigma": formula(named_roots(self.sigma)),
            "ntk": formula(named_roots(self.ntk)),
            "bulk": formula(bulk.ntk),
            "sigma_bulk": formula(bulk.sigma),
            "ratio_limit": formula(named_roots(ntk_ratio)),
            "sigma_ratio_limit": formula(named_roots(sigma_ratio)),
        }


def named_roots(expression: Expr) -> Expr:
    """The expression with letters λ₁, λ₂, … for the roots of polynomials of degree 3 and more."""
    roots = sorted(expression.atoms(CRootOf), key=str)
    return expression.xreplace({root: Symbol(f"lambda_{i}") for i, root in enumerate(roots, 1)})


def _representative(classes: PositionClass) -> Place:
    return tuple(c.members[0] for c in classes)


def _head(axes: tuple[HalfLine, ...], activation: Activation, beta: Expr | None) -> str:
    value = "" if beta is None else f", {text(Equation(lhs=BETA, rhs=beta))}"
    return f"{_shape(axes, activation)}, {text(Equation(lhs=RATIO, rhs=1 - BETA**2))}{value}"


def _shape(axes: tuple[HalfLine, ...], activation: Activation) -> str:
    written = [
        f"stride {a.stride}, window {a.window}" + (f", padding {a.padding}" if a.padding else "")
        for a in dict.fromkeys(axes)
    ]
    return f"{activation.name} standardised, dimension {len(axes)}, {'; '.join(written)}"


def _remarks(axes: tuple[HalfLine, ...], rows: list[_Row], beta: Expr | None) -> list[str]:
    found: list[str] = []
    if not all(axis.even for axis in axes):
        found.append(
            "a window is no multiple of its stride: positions far from the border differ, and the values far from the "
            "border are means over positions"
        )
    steep = max((row.kernel.growth for row in rows), key=lambda growth: growth.n(30))
    if beta is None and steep.n(30) > 1:
        found.append(f"the limits hold for r < {text(1 / steep)}")
    roots = sorted({root for row in rows for root in row.ntk.atoms(CRootOf)}, key=str)
    found += [f"{text(Symbol(f'lambda_{i}'))} is the root {root.index} of {text(root.poly.as_expr(Symbol('z')))}"
              for i, root in enumerate(roots, 1)]  # fmt: skip
    return found


def corner_derivation(axes: tuple[HalfLine, ...], near: int | None) -> Derivation:
    """The steps to the kernels of the first class of positions."""
    return border_derivation(BorderKernel(axes=axes, place=_representative(position_classes(axes, near)[0])))


def border_value_answer(
    axes: tuple[HalfLine, ...], activation: Activation, beta: Expr, layers: int, near: int | None, *, digits: int
) -> Answer:
    """Certified kernels after L layers at every class of positions, and far from the border, for any activation."""
    classes, bits = [*position_classes(axes, near), _far(axes)], bits_for(digits)
    values = border_values(activation, axes, tuple(map(_representative, classes)), layers, beta, bits=bits)
    with working_precision(bits + GUARD_BITS):
        ratios = [v.ntk / values[-1].ntk for v in values]
    entries: list[dict[str, Any]] = []
    lines = [f"{_shape(axes, activation)}, {text(Equation(lhs=BETA, rhs=beta))}, L = {layers}"]
    sources: list[str] = []
    bulk_ntk = NTK(*_arguments(classes[-1]), Integer(layers))
    for k, v, ratio in zip(classes, values, ratios, strict=True):
        place = (*_arguments(k), Integer(layers))
        rows = {"sigma": (SIGMA(*place), v.sigma), "ntk": (NTK(*place), v.ntk)}
        rows |= {"ratio": (NTK(*place) / bulk_ntk, ratio)} if k != classes[-1] else {}
        shown = {name: number(ball, digits) for name, (_, ball) in rows.items()}
        entries.append({"positions": _positions(k)} | shown)
        lines.append(f"p = ({', '.join(c.written for c in k)})")
        for name, (head, _) in rows.items():
            lines.append(f"  {text(head)} = {shown[name]['value']} ± {shown[name]['radius']}")
            sources.append(latex(Equation(lhs=head, rhs=VALUE)).removesuffix(VALUE.name) + _mantissa(shown[name]))
    record = {"activation": activation.name, "layers": layers, "beta": constant(beta, digits)}
    bulk = {"bulk": entries[-1]["ntk"], "sigma_bulk": entries[-1]["sigma"]}
    return Answer(
        record=entries[0] | bulk | record | {"classes": [entry | bulk for entry in entries[:-1]]},
        text="\n".join(lines),
        latex="\n".join(sources),
    )


def _far(axes: tuple[HalfLine, ...]) -> PositionClass:
    return (Coordinates(members=(None,)),) * len(axes)


def _arguments(classes: PositionClass) -> tuple[Expr, ...]:
    return tuple(oo if p is None else Integer(p) for p in _representative(classes))


def _mantissa(shown: dict[str, str]) -> str:
    """A decimal with its exponent as LaTeX."""
    mantissa, _, exponent = shown["value"].partition("e")
    return mantissa + (f"{MATHEMATICAL['·']} 10^{{{exponent}}}" if exponent else "")


def _positions(classes: PositionClass) -> list[list[int | None] | None]:
    return [None if c.members == (None,) else list(c.members) for c in classes]
