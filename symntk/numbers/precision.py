"""Working precision of ball arithmetic, set for a block and always restored."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from flint import ctx


@contextmanager
def working_precision(bits: int) -> Generator[None]:
    """Compute balls with mantissas of `bits` bits inside the block.

    The previous precision comes back afterwards, after an error too.

    >>> from flint import arb
    >>> with working_precision(200):
    ...     accuracy = arb.pi().rel_accuracy_bits()
    >>> accuracy > 190
    True
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def current_precision() -> int:
    """The mantissa length in force, in bits.

    >>> with working_precision(77):
    ...     current_precision()
    77
    """
    return ctx.prec
