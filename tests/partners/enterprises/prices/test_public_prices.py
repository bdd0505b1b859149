"""The real public prices, with every trap that their collectors found, against the official figures of the years."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from partners.enterprises.exact import yuan
from partners.enterprises.prices.actions import PriceImport, import_prices
from partners.enterprises.prices.model import Method
from partners.enterprises.prices.queries import credit_totals, price_history, year_totals

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
FILES = ("cea_daily_price.csv", "cea_daily_method.csv", "cea_monthly.csv", "ccer_daily.csv")
# 上海环境能源交易所 daily figures; the year 2025 agrees with what the ministry published.
OFFICIAL_YEARS = [
    (2021, 114, 178_789_350, "7661230022.99", "42.85", (30_774_596, 148_014_754, 0), ("54.22", "58.70", "41.46")),
    (2022, 242, 50_889_493, "2814004694.28", "55.30", (6_218_972, 44_670_521, 0), ("55.00", "61.38", "55.00")),
    (2023, 242, 211_943_768, "14443915802.01", "68.15", (34_996_597, 176_947_171, 0), ("79.42", "81.67", "50.52")),
    (2024, 242, 188_646_053, "18113576584.23", "96.02", (37_027_420, 151_618_633, 0), ("97.49", "105.65", "69.67")),
    (
        2025,
        243,
        234_597_856,
        "14629891128.06",
        "62.36",
        (80_059_162, 154_201_694, 337_000),
        ("74.63", "97.01", "51.24"),
    ),
    (2026, 152, 80_110_967, "6562620956.56", "81.92", (23_458_227, 56_651_740, 1_000), ("97.40", "99.69", "72.50")),
]


@pytest.fixture
def imported(session: Session, real_data: Path) -> dict[str, PriceImport]:
    folder = real_data / "market"
    return {name: import_prices(session, name=name, content=(folder / name).read_bytes(), now=NOW) for name in FILES}


def remarks(answer: PriceImport) -> Counter[str]:
    return Counter(finding.code for row in answer.answers for finding in row.findings)


def test_the_years_equal_the_official_figures(session: Session, imported: dict[str, PriceImport]) -> None:
    for year, days, volume, amount, vwap, methods, closes in OFFICIAL_YEARS:
        totals = year_totals(session, year)
        assert (totals.days, totals.volume_t, yuan(totals.amount_fen), totals.vwap) == (days, volume, amount, vwap)
        assert tuple(totals.by_method[m].volume_t if m in totals.by_method else 0 for m in Method) == methods
        assert totals.last_close_fen is not None
        assert totals.highest is not None
        assert totals.lowest is not None
        assert (yuan(totals.last_close_fen), yuan(totals.highest[1]), yuan(totals.lowest[1])) == closes


def test_the_voluntary_market_equals_its_official_figures(session: Session, imported: dict[str, PriceImport]) -> None:
    years = {year: credit_totals(session, year) for year in (2024, 2025, 2026)}
    assert {year: (totals.volume_t, totals.vwap) for year, totals in years.items()} == {
        2024: (375_315, "63.51"),
        2025: (8_844_114, "70.76"),
        2026: (11_254_183, "86.09"),
    }


def test_every_row_is_answered_and_every_trap_is_named(session: Session, imported: dict[str, PriceImport]) -> None:
    assert {name: answer.counts for name, answer in imported.items()} == {
        "cea_daily_price.csv": {"booked": 4_824},
        "cea_daily_method.csv": {"booked": 12_391},
        "cea_monthly.csv": {"booked": 62},
        "ccer_daily.csv": {"booked": 356},
    }
    assert remarks(imported["cea_daily_price.csv"]) == {
        "composite_is_an_index": 1_234,
        "no_listed_trade": 1_567,
        "prices_without_trade": 26,
        "open_is_zero": 1,
        "previous_close_differs": 1,
        "change_rate_differs": 1,
        "high_close_low_out_of_order": 7,  # All of the composite, on days on which old vintages were traded.
    }
    assert remarks(imported["cea_daily_method.csv"]) == {
        "composite_is_an_index": 2_927,
        "listed_volume_differs": 1,
        "listed_amount_rounded": 212,
    }
    assert remarks(imported["cea_monthly.csv"]) == {}
    assert remarks(imported["ccer_daily.csv"]) == {
        "bulletin_ok_no_trade": 6,
        "bulletin_review": 2,
        "bulletin_inferred": 1,
    }


def test_a_high_of_zero_is_a_missing_price(session: Session, imported: dict[str, PriceImport]) -> None:
    stale = price_history(session, "CEA24", since=datetime(2026, 8, 1, tzinfo=UTC).date(), until=NOW.date())
    assert stale
    assert {(row.high_fen, row.low_fen, row.volume_t, row.close_fen) for row in stale} == {(None, None, 0, 8_100)}


def test_the_same_file_twice_books_nothing(session: Session, imported: dict[str, PriceImport], real_data: Path) -> None:
    content = (real_data / "market" / "cea_daily_price.csv").read_bytes()
    again = import_prices(session, name="again.csv", content=content, now=NOW)
    assert again.seen_before
    assert again.file_id == imported["cea_daily_price.csv"].file_id


def test_known_rows_in_another_file_are_duplicates_or_conflicts(
    session: Session, imported: dict[str, PriceImport], real_data: Path
) -> None:
    lines = (real_data / "market" / "cea_daily_price.csv").read_text().splitlines()
    changed = lines[2].replace("51.23,0.0673", "51.24,0.0673")
    answer = import_prices(session, name="part.csv", content="\n".join([lines[0], lines[1], changed]).encode(), now=NOW)
    assert [row.outcome for row in answer.answers] == ["duplicate", "conflict"]
    totals = year_totals(session, 2021)
    assert totals.volume_t == 178_789_350
