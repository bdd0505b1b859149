"""The people of an event: the list, the sheet to take in, the screen and the poster to sign in by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from puhui.guests import name_of_guest, new_guest, phone_of_guest, sign_in_book
from puhui.identity.rules import phone_number
from puhui.papers import write_paper
from puhui.problems import sentence_of
from puhui.qr import svg
from puhui.sheets import Table, read_table, write_answers
from puhui.web import Audience, audience, done, house, now, page, session
from puhui.web.events.blueprint import attempt, blueprint, event_here
from puhui.web.events.books import PEOPLE, mode_named, people_book, people_template
from puhui.web.events.forms import NUMBER, SheetForm
from puhui.web.events.public import MOST_ROWS
from puhui.web.sending import send_book, send_paper, takes_files, wants_book
from puhui.web.trail import record
from rewards.events import participants, planning, queries, rules
from rewards.events.model import Event
from rewards.events.participants import NewParticipant
from rewards.events.rules import Trip

PAGE = 50
MOST_PEOPLE = 20_000


@blueprint.get("/event-desk/<uuid:event_id>/participants")
@audience(Audience.INSTITUTION)
def people(event_id: UUID) -> Response:
    """List who registered and who came."""
    event = event_here(event_id)
    limit = MOST_ROWS * 4 if wants_book() else PAGE + 1
    rows = queries.participants(session(), event.id, after=_cursor(), limit=limit)
    if wants_book():
        record("event.people_exported", event.id, rows=len(rows))
        return send_book(people_book(house().vault, rows), _("参会人"))
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    after = f"{last.registered_at.isoformat()}|{last.id}" if last else None
    return page(
        "events/people.html",
        event=event,
        rows=[(row, name_of_guest(house().vault, row), phone_of_guest(house().vault, row)) for row in shown],
        counts=queries.people_of(session(), event.id),
        form=SheetForm(),
        more=url_for("events.people", event_id=event.id, after=after) if after else None,
    )


@blueprint.get("/event-desk/<uuid:event_id>/participants/template")
@audience(Audience.INSTITUTION)
def template(event_id: UUID) -> Response:
    """Send the sheet to fill people in."""
    event_here(event_id)
    return send_book(people_template(), _("参会人名单模板"))


@blueprint.post("/event-desk/<uuid:event_id>/participants")
@takes_files(10)
@audience(Audience.INSTITUTION)
def take_sheet(event_id: UUID) -> Response:
    """Take a sheet of people in: every row is checked before any is taken; the same sheet comes back with reasons."""
    event, form, target = event_here(event_id), SheetForm(), url_for("events.people", event_id=event_id)
    upload = request.files.get("sheet")
    if not form.validate_on_submit() or upload is None or not upload.filename:
        return done(target, _("请选择一个文件。"))
    try:
        table = read_table(upload.filename, upload.read())
    except DomainError as error:
        return done(target, sentence_of(error))
    people_, faults = read_people(event, table)
    if faults:
        return send_book(write_answers(table, faults), _("名单核对结果"))

    def act() -> None:
        made = participants.register(session(), event=event, people=people_, now=now())
        record("event.people_taken", event.id, rows=len(people_), new=made)

    return attempt(target, act, _("已导入 %(n)s 人。", n=len(people_)))


@blueprint.get("/event-desk/<uuid:event_id>/screen")
@audience(Audience.INSTITUTION)
def screen(event_id: UUID) -> Response:
    """Show the code to sign in by, for a screen in the hall; it asks for the next code by itself."""
    event, book = event_here(event_id), sign_in_book(house().settings)
    address = _address(event, book.screen(event.id, at=now()))
    return page(
        "events/screen.html",
        fragment="events/_screen.html",
        event=event,
        qr=svg(address, label=_("签到二维码")),
        address=address,
        seconds=book.seconds_left(at=now()),
        counts=queries.people_of(session(), event.id),
        is_open=event.starts_at - now() <= rules.SIGN_IN_BEFORE,
    )


@blueprint.get("/event-desk/<uuid:event_id>/poster")
@audience(Audience.INSTITUTION)
def poster(event_id: UUID) -> Response:
    """Send the poster with its code, for printing."""
    event, book = event_here(event_id), sign_in_book(house().settings)
    if event.poster_version is None or event.poster_version < 1:
        return done(url_for("events.people", event_id=event.id), _("海报未启用。"))
    address = _address(event, book.poster(event.id, event.poster_version))
    paper = write_paper("events/poster.html", event=event, address=address, qr=svg(address, label=_("签到二维码")))
    return send_paper(paper, _("签到海报"))


@blueprint.post("/event-desk/<uuid:event_id>/poster")
@audience(Audience.INSTITUTION)
def renew_poster(event_id: UUID) -> Response:
    """Take a poster into use, give it a new code, or take it out of use."""
    event, in_use = event_here(event_id), request.form.get("use") != "no"

    def act() -> None:
        planning.renew_poster(session(), event=event, in_use=in_use)
        record("event.poster_renewed", event.id, in_use=in_use)

    said = _("海报已启用，旧海报上的码作废。") if in_use else _("海报已停用，上面的码作废。")
    return attempt(url_for("events.people", event_id=event.id), act, said)


def read_people(event: Event, table: Table) -> tuple[list[NewParticipant], Mapping[int, str]]:
    """Read the rows of a sheet; answers the people, and the sentence of each row that is wrong."""
    missing = [title for title in PEOPLE[:1] if title not in table.header]
    if missing or len(table.rows) > MOST_PEOPLE:
        return [], {0: _("表头应有“姓名”一列，且不超过 %(most)s 行。请用模板。", most=MOST_PEOPLE)}
    found, faults = [], {}
    ids = sorted(new_id() for _row in table.rows)  # People are listed in the order of the sheet.
    for place, row in enumerate(table.rows):
        cells = dict(zip(table.header, row, strict=True))
        try:
            found.append(_person(event, ids[place], cells))
        except ValueError as error:
            faults[place] = str(error)
        except DomainError as error:
            faults[place] = sentence_of(error)
    return found, faults


def _person(event: Event, guest_id: UUID, cells: Mapping[str, str]) -> NewParticipant:
    name, typed, way, km = (cells.get(title, "").replace("\x00", "") for title in PEOPLE)
    if not 1 <= len(name) <= 40:
        raise ValueError(_("姓名必填，不超过 40 字。"))
    phone = phone_number(typed) if typed else None
    return new_guest(
        house().vault, guest_id=guest_id, event_id=event.id, how="sheet", name=name, phone=phone, trip=_trip(way, km)
    )


def _trip(way: str, km: str) -> Trip | None:
    if not way and not km:
        return None
    mode = mode_named(way)
    if mode is None or not NUMBER.fullmatch(km) or Decimal(km) > 20_000:
        raise ValueError(_("出行方式请从下拉列表选，单程公里数填不超过 20000 的数。"))
    return Trip(mode, int(Decimal(km) * 2000))


def _address(event: Event, code: str) -> str:
    return url_for("events.sign_in", event_id=event.id, code=code, _external=True)


def _cursor() -> tuple[datetime, UUID] | None:
    at, _bar, participant = request.args.get("after", "").partition("|")
    try:
        found = datetime.fromisoformat(at)
        return (found, UUID(participant)) if found.tzinfo else None
    except ValueError:
        return None
