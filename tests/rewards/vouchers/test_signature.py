"""The static code tells, without a network, that we made it, for whom and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards.vouchers import Voucher
from rewards.vouchers.signature import PREFIX, StaticCodeRefused, key_id_of, sign_voucher, verify_static_code
from tests.cafe import NOON, give_coins, open_cafe, take

OURS, THEIRS = Ed25519PrivateKey.from_private_bytes(bytes(32)), Ed25519PrivateKey.from_private_bytes(bytes(31) + b"1")
KEYS = {key_id_of(OURS.public_key()): OURS.public_key()}


@pytest.fixture
def voucher(session: Session) -> Voucher:
    lin = new_id()
    give_coins(session, lin, 30)
    return take(session, open_cafe(session).coffee, lin)


def reason_of(text: str) -> object:
    with pytest.raises(StaticCodeRefused) as refused:
        verify_static_code(text, KEYS, NOON)
    return refused.value.facts["reason"]


def test_a_static_code_says_what_the_voucher_is(voucher: Voucher) -> None:
    read = verify_static_code(sign_voucher(voucher, key=OURS), KEYS, NOON)
    assert (read.voucher_id, read.number, read.offer_id, read.merchant_id, read.expires_at) == (
        voucher.id, voucher.number, voucher.offer_id, voucher.merchant_id, voucher.expires_at,
    )  # fmt: skip


def test_a_static_code_fits_a_qr_code_of_version_ten(voucher: Voucher) -> None:
    code = sign_voucher(voucher, key=OURS)
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(code) <= 221


def test_blanks_and_small_letters_do_not_matter(voucher: Voucher) -> None:
    code = sign_voucher(voucher, key=OURS).lower()
    assert verify_static_code(f" {code[:40]}\n{code[40:]}", KEYS, NOON).voucher_id == voucher.id


def test_a_static_code_is_over_with_its_voucher(voucher: Voucher) -> None:
    code = sign_voucher(voucher, key=OURS)
    verify_static_code(code, KEYS, voucher.expires_at - timedelta(seconds=1))
    with pytest.raises(StaticCodeRefused) as refused:
        verify_static_code(code, KEYS, voucher.expires_at)
    assert refused.value.facts["reason"] == "voucher_expired"


def test_a_static_code_of_another_key_is_refused(voucher: Voucher) -> None:
    assert reason_of(sign_voucher(voucher, key=THEIRS)) == "key_unknown"


def test_no_letter_of_a_static_code_can_be_changed(voucher: Voucher) -> None:
    code = sign_voucher(voucher, key=OURS)
    for place in range(len(PREFIX), len(code) - 1):  # The last letter has spare bits that say nothing.
        changed = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        assert reason_of(changed) in ("signature_wrong", "key_unknown")


@given(st.text())
def test_any_other_text_is_no_static_code(text: str) -> None:
    assert reason_of(text) == "not_a_static_code"
    assert reason_of(PREFIX + text) == "not_a_static_code"
