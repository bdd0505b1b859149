"""Charts are drawn from exact numbers; what is missing is a dashed frame and never a bar of zero."""

from __future__ import annotations

import json
from decimal import Decimal

from puhui.charts import Chart, Series

CHART = Chart(
    "用量 <与上年>", "kWh", ["1月", "2月"], [Series("2025", [Decimal("100.5"), None]), Series("2024", [None, None])]
)


def test_a_missing_month_is_a_dashed_frame() -> None:
    assert CHART.svg.count("stroke-dasharray") == 3
    assert json.loads(CHART.data)["series"][0]["values"] == ["100.5", None]
    assert not CHART.is_empty
    assert Chart("t", "u", ["1"], [Series("a", [None])]).is_empty


def test_every_text_is_escaped_and_said_aloud() -> None:
    assert "<title>用量 &lt;与上年&gt;</title>" in CHART.svg
    assert 'role="img"' in CHART.svg
    assert "style=" not in CHART.svg


def test_the_axis_ends_at_a_round_number_that_no_bar_passes() -> None:
    assert ">150<" in CHART.svg
    bars = [part for part in CHART.svg.split("<rect ") if 'fill="#018942"' in part and 'x="' in part]
    assert len(bars) == 2  # The bar and the square before its name.
