"""Finds the first layer of an orbit from which Fatou coordinates carry on with errors below 2^−bits."""

from __future__ import annotations

from flint import arb

from symntk.depth.certified_parabolic import Coordinates, Entrance, coordinates, entrance
from symntk.depth.certified_shape import Shape
from symntk.depth.validated import Pair
from symntk.errors import UndecidedError

_NEARER = arb("0.875")
"""How much nearer to 0 the next attempt is made, where the proved error is too large."""


class Doorway:
    """Offered the layers of one orbit in order, it lets the first suitable one in."""

    def __init__(self, found: Shape, bits: int) -> None:
        self._found, self._bits, self._gate = found, bits, found.germ.reach
        self._at: Coordinates | None = None

    def entered(self, pair: Pair) -> Entrance | None:
        """The entrance at this layer, or None where the proofs do not yet suffice."""
        if not self._found.germ.variable(pair.gamma) < self._gate:
            return None
        self._at = self._at or coordinates(self._found.germ, self._found.last, self._found.kept)
        try:
            door = entrance(self._at, pair)
        except UndecidedError:
            door = None
        if door is not None and door.accurate(self._bits):
            return door
        self._gate = self._gate * _NEARER
        return None
