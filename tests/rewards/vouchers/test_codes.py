"""The code that a citizen shows."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.vouchers import CodeBook, grouped
from rewards.vouchers.codes import NUMBERS

CODES = CodeBook(key=b"a key of the test", step_seconds=30)
OTHER = CodeBook(key=b"another key", step_seconds=30)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

numbers = st.integers(0, NUMBERS - 1)
instants = st.integers(1_577_836_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(number=numbers, at=instants)
def test_a_code_is_eighteen_digits_that_begin_with_70_and_say_the_number(number: int, at: datetime) -> None:
    code = CODES.code(number, at=at)
    reading = CODES.read(code)
    assert len(code) == 18
    assert code.isdigit()
    assert code.startswith("70")
    assert reading is not None
    assert reading.number == number
    assert CODES.age(reading, at=at, steps=1) == 0


@given(number=numbers, at=instants, later=st.integers(0, 600))
def test_a_code_is_as_old_as_the_steps_that_passed(number: int, at: datetime, later: int) -> None:
    reading = CODES.read(CODES.code(number, at=at))
    assert reading is not None
    passed = (int(at.timestamp()) + later) // 30 - int(at.timestamp()) // 30
    # Two of twenty steps may share six digits by chance: then the younger is answered.
    assert (CODES.age(reading, at=at + timedelta(seconds=later), steps=21) or 0) <= passed


def test_a_code_of_the_future_fits_no_step() -> None:
    reading = CODES.read(CODES.code(7, at=NOON + timedelta(seconds=60)))
    assert reading is not None
    assert CODES.age(reading, at=NOON, steps=20) is None


def test_ten_thousand_neighbours_have_ten_thousand_codes_in_no_order() -> None:
    codes = [CODES.code(number, at=NOON)[2:12] for number in range(10_000)]
    assert len(set(codes)) == 10_000
    rising = sum(one < two for one, two in itertools.pairwise(codes))
    assert 4_500 < rising < 5_500


def test_another_key_proves_nothing() -> None:
    reading = OTHER.read(CODES.code(7, at=NOON))
    assert reading is not None
    assert OTHER.age(reading, at=NOON, steps=20) is None


@pytest.mark.parametrize(
    "text",
    ["", "70", "7" * 17, "7" * 19, "101234567890123456", "710000000000000000", "70abcdefghijklmnop", "７０" + "1" * 16],
)
def test_what_is_not_a_voucher_code_is_not_read(text: str) -> None:
    assert CODES.read(text) is None


def test_digits_may_be_typed_in_groups() -> None:
    code = CODES.code(7, at=NOON)
    assert CODES.read(f" {grouped(code)}\n") == CODES.read(code)
    assert [len(part) for part in grouped(code).split()] == [4, 4, 4, 4, 2]


def test_the_page_knows_when_the_code_changes() -> None:
    assert CODES.seconds_left(at=NOON) == 30
    assert CODES.seconds_left(at=NOON + timedelta(seconds=29.9)) == 1
