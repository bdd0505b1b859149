"""How far the funds reach. Pure whole numbers: basis points are rounded down, so a cover is never shown too good."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Worth:
    """*coins_units* coins are worth *fen_units* fen: an exact ratio."""

    coins_units: int
    fen_units: int

    def cost_fen(self, coins: int) -> int:
        """Answer what *coins* cost in whole fen, a part of one counted as one (in the merchant's favour)."""
        return -(-coins * self.fen_units // self.coins_units)

    def coins_for(self, fen: int) -> int:
        """Answer how many whole coins *fen* pay for."""
        return fen * self.coins_units // self.fen_units


def coverage(*, available_fen: int, unpaid_coins: int, worth: Worth) -> int | None:
    """Answer which part of what coins may still cost the funds cover, in basis points; None where nothing is open."""
    return available_fen * worth.coins_units * WHOLE // (unpaid_coins * worth.fen_units) if unpaid_coins > 0 else None


def is_backed(*, available_fen: int, unpaid_coins: int, worth: Worth, basis_points: int) -> bool:
    """Whether the funds cover *basis_points* of what *unpaid_coins* may cost."""
    return available_fen * worth.coins_units * WHOLE >= unpaid_coins * worth.fen_units * basis_points
