"""A credit code is checked piece by piece, and the answer says which check failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.kernel.errors import DomainError
from partners.merchants import (
    CreditCodeCharactersWrong,
    CreditCodeChecksumWrong,
    CreditCodeLengthWrong,
    credit_code,
)

GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("9111000060003734", CreditCodeLengthWrong),
        (GOOD + "0", CreditCodeLengthWrong),
        ("", CreditCodeLengthWrong),
        ("91110000600037I41L", CreditCodeCharactersWrong),  # No letter I.
        ("911100A0600037341L", CreditCodeCharactersWrong),  # The division is digits.
        ("91110000600037341M", CreditCodeChecksumWrong),
        ("91110000600037351L", CreditCodeChecksumWrong),
    ],
)
def test_a_wrong_credit_code_says_which_check_failed(text: str, error: type[DomainError]) -> None:
    with pytest.raises(error):
        credit_code(text)


def test_spaces_and_small_letters_do_not_matter() -> None:
    assert credit_code(" 9111 0000 6000 3734 1l ") == GOOD


def test_real_codes_of_the_public_list_are_good(real_data: Path) -> None:
    codes = (real_data / "admin" / "uscc_valid_pystdnum.txt").read_text().split()
    assert len(codes) > 100
    assert [code for code in codes if credit_code(code) != code] == []
