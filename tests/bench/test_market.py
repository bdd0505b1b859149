"""Trade rows through every rule into the ledger, beside the yardstick of the same run.

``make bench`` runs it, and so does ``puhui bench market``. On the machine of the yardstick's record (15,726 a second
with 32 clients) 10,000 rows a second are a ratio of 0.64.
"""

from __future__ import annotations

from puhui.addresses import Addresses
from puhui.bench import market


def test_rows_are_imported_at_two_thirds_of_the_yardstick(own_addresses: Addresses) -> None:
    report = market.run(own_addresses, rows=200_000, yardstick_seconds=5, tell=print)
    assert report["booked"] == 199_734
    ratio = report["ratio"]
    assert isinstance(ratio, float)
    assert ratio >= 0.64
