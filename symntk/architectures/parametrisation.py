"""What the standard parametrisation makes of the terms of the NTK, whose weights carry no factor 1/√n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Integer

from symntk.architectures.layer import Layer
from symntk.architectures.position_kernels import PositionKernels
from symntk.errors import DomainError


def standard_kernels(
    kernels: PositionKernels, layers: Sequence[Layer], widths: Sequence[int | Expr]
) -> PositionKernels:
    """The terms with W and b of variances σ_w²/fan-in and σ_b² as the parameters: NTK terms divided by these variances.

    Θ̂^{(L:W^ℓ)} = (|β|·n_{ℓ−1}/σ_w²)·Θ^{(L:W^ℓ)} grows with the width, Θ̂^{(L:b^ℓ)} = Θ^{(L:b^ℓ)}/σ_b² does not.
    `widths` are n₀, …, n_{L−1}, numbers or letters. Domain: exact kernels; one width for each layer. Guarantee: exact.
    Raises DomainError outside of it; terms of layers without bias stay 0. Source: [jacot2019].

    >>> import numpy as np
    >>> from sympy import S, Symbol
    >>> from symntk.architectures.layer import fully_connected
    >>> from symntk.architectures.position_kernels import position_kernels
    >>> layers, gram = fully_connected(1, weight=S(2)), np.full((1, 1, 1, 1), S.One)
    >>> found = position_kernels(layers, gram, lambda *_: (0, 0))[-1]
    >>> standard_kernels(found, layers, [Symbol("n_0")]).ntk[0, 0, 0, 0]
    n_0
    """
    if len(layers) != len(kernels.weights) or len(widths) != len(layers):
        raise DomainError(f"{len(widths)} widths were given for {len(layers)} layers; give n₀, …, n_(L−1)")
    fans = [layer.offsets * Integer(1) * width / layer.weight for layer, width in zip(layers, widths, strict=True)]
    return replace(
        kernels,
        weights=tuple(term * fan for term, fan in zip(kernels.weights, fans, strict=True)),
        biases=tuple(
            term / layer.bias if layer.bias != 0 else term for term, layer in zip(kernels.biases, layers, strict=True)
        ),
    )
