"""The kinds of codes that people show, told apart by how they begin, so that one scanner takes any of them."""

from __future__ import annotations

from rewards.campaigns.rules import PREFIX as CHECK_IN_PREFIX
from rewards.campaigns.rules import digits_of
from rewards.vouchers import CodeKind
from rewards.vouchers.codes import LENGTH, PAY_PREFIX, PREFIX

CODE_KINDS: dict[str, CodeKind] = {
    PREFIX: CodeKind.VOUCHER,
    PAY_PREFIX: CodeKind.PAY_CODE,
    CHECK_IN_PREFIX: CodeKind.CHECK_IN,
}
"""The first two of eighteen digits. WeChat's, Alipay's and UnionPay's pay codes begin otherwise."""


def kind_of(code: str) -> CodeKind | None:
    """Answer what kind of code *code* is by its form; None where it is none of ours. Proves nothing."""
    digits = digits_of(code)
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        return None
    return CODE_KINDS.get(digits[:2])
