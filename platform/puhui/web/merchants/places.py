"""The manager's desk: stores and counters, failed tries, what was uploaded from offline."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from partners import merchants
from puhui.identity.current import name_of
from puhui.problems import sentence_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.counter.words import reason_word
from puhui.web.merchants.books import send_list
from puhui.web.merchants.forms import CounterForm, StoreForm
from puhui.web.merchants.tries import tries_page
from puhui.web.sending import wants_book
from puhui.web.trail import record
from rewards import vouchers

blueprint = Blueprint("merchant_desk", __name__)
PAGE, BOOK = 30, 5_000


@blueprint.get("/merchant")
@audience(Audience.MERCHANT_MANAGER)
def show() -> Response:
    """Show what a manager looks after, and whether the merchant is suspended."""
    merchant_id = current_person().organisation_id
    return page(
        "merchants/desk.html",
        merchant=merchants.merchant_of(session(), merchant_id),
        running=merchants.running_suspension(session(), merchant_id),
        conflicts=len(vouchers.offline_scans_of(session(), merchant_id, only_conflicts=True, limit=100)),
    )


@blueprint.get("/merchant/stores")
@audience(Audience.MERCHANT_MANAGER)
def stores() -> Response:
    """List the stores with their counters, two hundred at most."""
    return _stores(StoreForm(formdata=None))


@blueprint.post("/merchant/stores")
@audience(Audience.MERCHANT_MANAGER)
def add_store() -> Response:
    """Open a store."""
    form, merchant_id = StoreForm(), current_person().organisation_id
    if not form.validate_on_submit():
        return _stores(form, status=422)
    store = merchants.open_store(
        session(), store_id=UUID(form.request_key), merchant_id=merchant_id, name=form.name.data.strip(),
        name_en=form.name_en.data.strip() or form.name.data.strip(), address=form.address.data.strip(),
        county_code=merchants.merchant_of(session(), merchant_id).county_code,
    )  # fmt: skip
    record("store.opened", store.id)
    return done(url_for("merchant_desk.store", store_id=store.id), gettext("门店已开通，请再添加柜台。"))


@blueprint.get("/merchant/stores/<uuid:store_id>")
@audience(Audience.MERCHANT_MANAGER)
def store(store_id: UUID) -> Response:
    """Show a store to rename or close, with its counters."""
    found = merchants.store_of(session(), store_id, merchant_id=current_person().organisation_id)
    form = StoreForm(formdata=None, data={"name": found.name, "name_en": found.name_en, "address": found.address})
    return _store(store_id, form)


@blueprint.post("/merchant/stores/<uuid:store_id>")
@audience(Audience.MERCHANT_MANAGER)
def rename_store(store_id: UUID) -> Response:
    """Change a store's name or address."""
    form = StoreForm()
    if not form.validate_on_submit():
        return _store(store_id, form, status=422)
    merchants.rename_store(
        session(), store_id=store_id, merchant_id=current_person().organisation_id, name=form.name.data,
        name_en=form.name_en.data or form.name.data, address=form.address.data,
    )  # fmt: skip
    record("store.renamed", store_id)
    return done(url_for("merchant_desk.store", store_id=store_id), gettext("已保存。"))


@blueprint.post("/merchant/stores/<uuid:store_id>/closure")
@audience(Audience.MERCHANT_MANAGER)
def close_store(store_id: UUID) -> Response:
    """Close a store with its counters."""
    merchants.close_store(session(), store_id=store_id, merchant_id=current_person().organisation_id, now=now())
    record("store.closed", store_id)
    return done(url_for("merchant_desk.stores"), gettext("门店已停用。"))


@blueprint.post("/merchant/stores/<uuid:store_id>/counters")
@audience(Audience.MERCHANT_MANAGER)
def add_counter(store_id: UUID) -> Response:
    """Open a counter in a store."""
    form, target = CounterForm(), url_for("merchant_desk.store", store_id=store_id)
    if not form.validate_on_submit():
        return done(target, gettext("请填写柜台名称。"))
    counter = merchants.open_counter(
        session(), counter_id=UUID(form.request_key), store_id=store_id,
        merchant_id=current_person().organisation_id, name=form.name.data.strip(),
        name_en=form.name_en.data.strip() or form.name.data.strip(),
    )  # fmt: skip
    record("counter.opened", counter.id)
    return done(target, gettext("柜台已添加。"))


@blueprint.post("/merchant/counters/<uuid:counter_id>")
@audience(Audience.MERCHANT_MANAGER)
def rename_counter(counter_id: UUID) -> Response:
    """Change a counter's name."""
    form = CounterForm()
    if not form.validate_on_submit():
        return done(url_for("merchant_desk.stores"), gettext("请填写柜台名称。"))
    counter = merchants.rename_counter(
        session(), counter_id=counter_id, merchant_id=current_person().organisation_id, name=form.name.data,
        name_en=form.name_en.data or form.name.data,
    )  # fmt: skip
    record("counter.renamed", counter_id)
    return done(url_for("merchant_desk.store", store_id=counter.store_id), gettext("已保存。"))


@blueprint.post("/merchant/counters/<uuid:counter_id>/closure")
@audience(Audience.MERCHANT_MANAGER)
def close_counter(counter_id: UUID) -> Response:
    """Close a counter."""
    counter = merchants.close_counter(
        session(), counter_id=counter_id, merchant_id=current_person().organisation_id, now=now()
    )
    record("counter.closed", counter_id)
    return done(url_for("merchant_desk.store", store_id=counter.store_id), gettext("柜台已停用。"))


@blueprint.get("/merchant/refused-scans")
@audience(Audience.MERCHANT_MANAGER)
def refused_scans() -> Response:
    """Show the codes that were refused at the counters, and why."""
    merchant = merchants.merchant_of(session(), current_person().organisation_id)
    return tries_page(merchant, url_for(".refused_scans"))


@blueprint.get("/merchant/offline-scans")
@audience(Audience.MERCHANT_MANAGER)
def offline_scans() -> Response:
    """Show what counters uploaded from offline; what could not be redeemed comes with the reason."""
    merchant_id = current_person().organisation_id
    last = request.args.get("before", type=UUID)
    before = vouchers.offline_scan_of(session(), merchant_id=merchant_id, nonce=last) if last else None
    rows = vouchers.offline_scans_of(session(), merchant_id, before=before, limit=BOOK if wants_book() else PAGE + 1)
    if wants_book():
        columns = [
            Column(gettext("扫码时间"), "moment"), Column(gettext("上传时间"), "moment"),
            Column(gettext("碳币"), "whole"), Column(gettext("结果"), width=40),
        ]  # fmt: skip
        lines = [[row.scanned_at, row.uploaded_at, row.coins_units, reason_word(row.outcome)] for row in rows]
        return send_list(gettext("离线核销"), columns, lines)
    return page(
        "merchants/offline_scans.html",
        rows=rows[:PAGE],
        places=merchants.places_by_id(session(), {row.counter_id for row in rows}),
        clerks={row.clerk_id: name_of(session(), row.clerk_id) for row in rows[:PAGE]},
        rule=vouchers.offline_rule_at(session(), now()),
        reason_word=reason_word,
        more=url_for("merchant_desk.offline_scans", before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
    )


@blueprint.post("/merchant/offline-scans/<uuid:nonce>/acknowledgement")
@audience(Audience.MERCHANT_MANAGER)
def acknowledge(nonce: UUID) -> Response:
    """Remember that the manager has looked at a conflict."""
    found = vouchers.offline_scan_of(session(), merchant_id=current_person().organisation_id, nonce=nonce)
    if found is None:
        raise vouchers.ScanUnknown(scan=nonce)
    vouchers.mark_seen(session(), found, by=current_person().id, now=now())
    record("offline.acknowledged", nonce)
    return done(url_for("merchant_desk.offline_scans"), gettext("已标记为已处理。"))


def _stores(form: StoreForm, *, status: int = 200) -> Response:
    merchant_id = current_person().organisation_id
    places = merchants.counters_of(session(), merchant_id)
    counters = {store: [p.counter for p in places if p.store.id == store] for store in {p.store.id for p in places}}
    return page(
        "merchants/stores.html", stores=merchants.stores_of(session(), merchant_id), counters=counters, form=form,
        status=status,
    )  # fmt: skip


def _store(store_id: UUID, form: StoreForm, *, status: int = 200) -> Response:
    merchant_id = current_person().organisation_id
    try:
        found = merchants.store_of(session(), store_id, merchant_id=merchant_id)
    except DomainError as error:
        return done(url_for("merchant_desk.stores"), sentence_of(error))
    places = merchants.counters_of(session(), merchant_id)
    return page(
        "merchants/store.html",
        store=found,
        counters=[place.counter for place in places if place.store.id == store_id],
        form=form,
        new_counter=CounterForm(formdata=None),
        status=status,
    )
