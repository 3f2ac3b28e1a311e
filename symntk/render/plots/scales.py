"""Logarithmic axes for numbers that no machine float holds, such as 10^400 layers and deficits of 10^−800."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from flint import arb

from symntk.numbers.precision import working_precision

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_BITS = 64
_LONGEST_EXPONENT = 10**7
_MANTISSA = 10**12
_PLAIN_EXPONENT = 4


def decimal_log(value: arb | int) -> float:
    """log₁₀ of a positive number of any size.

    >>> decimal_log(10**400), decimal_log(arb("1e-400"))
    (400.0, -400.0)
    """
    with working_precision(_BITS):
        return float((arb(value).log() / arb(10).log()).mid())


def geometric(first: int, last: int, count: int) -> list[int]:
    """At most `count` whole numbers from first to last, about equally far apart on a logarithmic axis.

    >>> geometric(1, 10**400, 3) == [1, 10**200, 10**400], geometric(2, 5, 60)
    (True, [2, 3, 4, 5])
    """
    if last - first < count:
        return list(range(first, last + 1))
    low, high = decimal_log(first), decimal_log(last)
    inner = {_power(low + (high - low) * k / (count - 1)) for k in range(1, count - 1)}
    return sorted({first, last} | {n for n in inner if first < n < last})


def _power(exponent: float) -> int:
    """10^exponent to about twelve digits, rounded to a whole number."""
    whole = floor(exponent)
    mantissa = round(10 ** (exponent - whole) * _MANTISSA)
    return (2 * mantissa * 10**whole + _MANTISSA) // (2 * _MANTISSA)


def power_label(exponent: float) -> str:
    """10 to a power, for a label; very long exponents are shortened.

    >>> power_label(-12.0), power_label(3e99)
    ('$10^{-12}$', '$10^{3.0e+99}$')
    """
    rounded = floor(exponent + 0.5)
    return f"$10^{{{rounded if abs(rounded) <= _LONGEST_EXPONENT else format(exponent, '.1e')}}}$"


def number_label(exponent: float) -> str:
    """One digit times a power of ten, for an axis that shows less than two decades.

    >>> number_label(log10(0.2)), number_label(log10(5) - 30)
    ('0.2', '$5·10^{-30}$')
    """
    whole = floor(exponent + 1e-9)
    digit = round(10 ** (exponent - whole))
    return f"{digit * 10.0**whole:g}" if abs(whole) <= _PLAIN_EXPONENT else f"${digit}·10^{{{whole}}}$"


def set_power_ticks(axis: Axis) -> None:
    """Labels an axis that carries decimal logarithms by powers of ten, a short one by digits times such a power."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    low, high = sorted(axis.get_view_interval())
    if high - low < 2:
        digits = (1, 2, 3, 5) if high - low > 0.8 else tuple(range(1, 10))
        axis.set_major_locator(FixedLocator(_marks(low, high, digits)))
        axis.set_major_formatter(FuncFormatter(lambda exponent, _: number_label(exponent)))
        return
    axis.set_major_locator(MaxNLocator(nbins=7, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda exponent, _: power_label(exponent)))
    if high - low <= 7:
        axis.set_minor_locator(FixedLocator(_marks(low, high, tuple(range(2, 10)))))


def _marks(low: float, high: float, digits: tuple[int, ...]) -> list[float]:
    """The logarithms of digit·10^k that are in view."""
    found = [k + log10(digit) for k in range(floor(low), floor(high) + 1) for digit in digits]
    return [mark for mark in found if low - 1e-9 <= mark <= high + 1e-9]
