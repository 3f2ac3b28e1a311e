"""Solutions of Abel's equation Ψ(F(w)) − Ψ(w) = S(w) as truncated series with certified coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb, arb_series

from symntk.depth.certified_germ import Germ
from symntk.numbers.power_series import coefficients, series_length


@dataclass(frozen=True, kw_only=True)
class LaurentLog:
    """Ψ(w) = Σ uⱼ wʲ + κ·log w, finitely many j."""

    terms: Mapping[int, arb]
    logarithm: arb

    def __call__(self, w: arb) -> arb:
        return sum((u * w**j for j, u in self.terms.items()), arb(0)) + self.logarithm * w.log()

    def derivative(self) -> LaurentLog:
        """dΨ/dw, a Laurent polynomial."""
        slopes = {j - 1: j * u for j, u in self.terms.items() if j}
        slopes[-1] = slopes.get(-1, arb(0)) + self.logarithm
        return LaurentLog(terms=slopes, logarithm=arb(0))

    def times(self, factors: Mapping[int, arb]) -> LaurentLog:
        """The product of a Laurent polynomial (κ = 0) with another one."""
        product: dict[int, arb] = {}
        for j, u in self.terms.items():
            for k, c in factors.items():
                product[j + k] = product.get(j + k, arb(0)) + u * c
        return LaurentLog(terms=product, logarithm=arb(0))

    def majorant(self, radius: arb) -> arb:
        """Σ |uⱼ| rʲ, at least |Σ uⱼ wʲ| on |w| = r."""
        return sum((abs(u) * radius**j for j, u in self.terms.items()), arb(0))


def abel_solution(germ: Germ, right: Mapping[int, arb], last: int) -> LaurentLog:
    """The formal solution Ψ of Ψ(F) − Ψ = S for a Laurent polynomial S, through the power `last` of w.

    Triangular: wʲ(F) − wʲ = −a·j·wʲ⁺ᵖ + …, log F − log w = −a·wᵖ + …. Guarantee: the balls contain the coefficients of
    the exact formal solution without constant term, so that the residual Ψ(F) − Ψ − S is O(w^(last + p + 1)).

    >>> from symntk.depth.certified_kink import kink_germ
    >>> phi = abel_solution(kink_germ(arb(0.5)), {0: arb(1)}, 2)
    >>> round(float(phi.terms[-1]), 4)  # 3π in w = √(2γ)
    9.4248
    """
    p, lowest = germ.order, min(right)
    first, count = lowest - p, last - lowest + p + 1
    remaining = [right.get(lowest + i, arb(0)) for i in range(count)]
    terms: dict[int, arb] = {}
    logarithm = arb(0)
    with series_length(count + p):
        v = arb_series(germ.series(count + p)[0])
        rate, running = -v[p], v**first
        for i in range(count):
            j = first + i
            factor = -remaining[i] / (rate * j) if j else -remaining[i] / rate
            change = coefficients(running if j else v.log(), count + p)
            if j:
                terms[j] = factor
            else:
                logarithm = factor
            for n in range(count - i):
                remaining[i + n] -= factor * change[n + p]
            running = running * v
    return LaurentLog(terms=terms, logarithm=logarithm)
