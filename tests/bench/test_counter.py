"""Scans at a counter over HTTP, 50 a second, beside a running bulk intake.

``make bench`` runs it, and so does ``puhui bench counter``. The aim of the design: p95 of a whole scan (verify and
redeem) under 60 ms on a quiet machine of two cores.
"""

from __future__ import annotations

from puhui.addresses import Addresses
from puhui.bench import counter


def test_a_scan_is_done_in_sixty_milliseconds_beside_the_intake(own_addresses: Addresses) -> None:
    report = counter.run(own_addresses, counter.Plan(), tell=print)
    print(report)
    assert report["intake_rows_per_s"] != 0
    beside = report["beside_intake"]
    assert isinstance(beside, dict)
    assert beside["p95_ms"] < 60
