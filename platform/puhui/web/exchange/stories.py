"""What a transfer was for, in words: its facts, how its amount was computed, and where its own page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from partners import merchants
from puhui.web import now, session
from puhui.web.formatting import coins as coins_text
from puhui.web.formatting import moment, number
from puhui.web.formatting import points as points_text
from puhui.web.gifts.words import recipient_name
from puhui.web.offers.words import name_of, title_of
from rewards import coins, gifts, offers, paycodes
from rewards.coins import Entry
from rewards.vouchers.held import vouchers_by_id

WORDS: dict[str, object] = {
    "exchange": _l("积分换碳币"),
    "voucher": _l("兑换券核销"),
    "pay_code": _l("付款码付款"),
    "gift": _l("捐赠"),
    "expiry": _l("到期失效"),
    "reversal": _l("撤销退回"),
    "refund": _l("部分退回"),
}


@dataclass(slots=True)
class Story:
    """Facts as rows of word and value, sentences of how the amount came about, and the page of the thing itself."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    link: tuple[str, str] | None = None


def word_of(kind: str, change: int) -> str:
    """Answer what happened, in a few words."""
    if kind == "family":
        return str(gettext("放入家庭") if change < 0 else gettext("家庭退回"))
    if kind == "gift" and change > 0:
        return str(gettext("获赠"))
    return str(WORDS.get(kind, _l("其他变动")))


def story_of(citizen: UUID, entry: Entry) -> Story:
    """Answer the story of one transfer of the citizen's coins."""
    if entry.kind == "expiry":
        return _of_expiry(entry)
    story = Story()
    tell = _TELLERS.get(entry.kind)
    if entry.reference is not None and tell is not None:
        tell(story, citizen, entry, entry.reference)
    return story


def _of_exchange(story: Story, citizen: UUID, _: Entry, reference: UUID) -> None:
    made = coins.exchange_of(session(), citizen_id=citizen, exchange_id=reference)
    if made is None:
        return
    rate = coins.rate_of(session(), made.rate_id)
    story.facts.append((gettext("用去"), points_text(made.points_units)))
    story.sentences += [
        gettext(
            "%(points)s 积分 ÷ %(takes)s × %(gives)s = %(coins)s 碳币",
            points=number(made.points_units), takes=number(rate.takes_units), gives=number(rate.gives_units),
            coins=number(made.coins_units),
        ),
        rate.source,
    ]  # fmt: skip
    story.link = (url_for("exchange.receipt", exchange_id=made.id), gettext("兑换凭据"))


def _of_voucher(story: Story, citizen: UUID, entry: Entry, reference: UUID) -> None:
    voucher = vouchers_by_id(session(), citizen_id=citizen, ids=[reference]).get(reference)
    if voucher is None:
        return
    offer = offers.offer_of(session(), voucher.offer_id).offer
    story.facts += [
        (gettext("兑换品"), title_of(offer)),
        (gettext("商户"), name_of(merchants.merchant_of(session(), voucher.merchant_id))),
    ]
    if entry.kind == "voucher":
        story.sentences.append(gettext("金额是兑换时标明的价格，核销时付给商户。"))
    story.link = (url_for("vouchers.show", voucher_id=voucher.id), gettext("查看这张券"))


def _of_charge(story: Story, citizen: UUID, entry: Entry, reference: UUID) -> None:
    try:
        charge = paycodes.charge_of(session(), citizen_id=citizen, charge_id=reference)
    except paycodes.ChargeUnknown:
        return _of_voucher(story, citizen, entry, reference)
    place = merchants.places_by_id(session(), [charge.counter_id]).get(charge.counter_id)
    story.facts.append((gettext("商户"), name_of(merchants.merchant_of(session(), charge.merchant_id))))
    if place is not None:
        story.facts.append((gettext("柜台"), f"{name_of(place.store)} {name_of(place.counter)}"))
    story.sentences.append(gettext("金额由店员在柜台输入，读取您当时出示的付款码后扣取，一码一次。"))
    story.link = (url_for("paycodes.receipt", charge_id=charge.id), gettext("付款凭据"))
    return None


def _of_gift(story: Story, citizen: UUID, entry: Entry, reference: UUID) -> None:
    if entry.change > 0:
        return
    gift = gifts.gift_of(session(), citizen_id=citizen, gift_id=reference)
    story.facts.append((gettext("捐给"), recipient_name(gifts.recipient_of(session(), gift.recipient_id))))
    story.sentences.append(gettext("捐赠计为您的贡献，不作碳抵消，不能退回。"))
    story.link = (url_for("gifts.receipt", gift_id=gift.id), gettext("捐赠凭据"))


def _of_family(story: Story, _: UUID, entry: Entry, reference: UUID) -> None:
    story.facts.append((gettext("凭据号"), str(reference)))
    story.sentences.append(
        gettext("放入家庭的碳币保留原来的到期日。")
        if entry.change < 0
        else gettext("家庭解散时按各人放入的比例退回，除不尽的归户主。")
    )


def _of_expiry(entry: Entry) -> Story:
    """Answer why coins expired: the rule and the cohort that was over. An expiry refers to nothing."""
    rules = coins.coin_lives(session())
    over = coins.due(rules, now=entry.occurred_at)
    in_force = [rule for rule in rules if rule.valid_from <= now()]
    story = Story()
    if over is not None:
        story.facts.append((gettext("失效的是"), gettext("%(at)s 以前得到、还没有用的碳币", at=moment(over.end))))
    story.sentences += [rule.source for rule in in_force[-1:]]
    story.sentences.append(gettext("先到期的先用：失效 %(coins)s。", coins=coins_text(-entry.change)))
    return story


_TELLERS: dict[str, Callable[[Story, UUID, Entry, UUID], None]] = {
    "exchange": _of_exchange,
    "voucher": _of_voucher,
    "pay_code": _of_charge,
    "reversal": _of_charge,
    "gift": _of_gift,
    "family": _of_family,
    "refund": _of_family,
}
