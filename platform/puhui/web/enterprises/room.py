"""What all pages of an enterprise share: the blueprint, whose page it is, the record of acts, answers as sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from partners.enterprises.exact import decimal
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import enterprise_of
from partners.enterprises.reconciliation.model import Break
from partners.enterprises.records.model import MARKET_TIME
from puhui.identity.model import Role
from puhui.papers import write_paper
from puhui.sheets import Column, Sheet, write_book
from puhui.web import current_person, now, page, session
from puhui.web.enterprises import words
from puhui.web.market.sentences import sentence_of_finding
from puhui.web.sending import send_book, send_paper, wants_book

blueprint = Blueprint("enterprises", __name__)
ROWS = 50
MOST_ROWS = 100_000
LAST_PAGE = 10_000


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "slot_names": words.SLOTS,
        "record_kinds": words.KINDS,
        "record_states": words.STATES,
        "refusals": words.REFUSALS,
        "task_names": words.TASKS,
        "plan_names": words.PLANS,
        "sheet_names": words.SHEETS,
        "control_names": words.CONTROLS,
        "sector_names": words.SECTORS,
        "standing_names": words.STANDINGS,
        "reason_names": words.REASONS,
        "title_names": words.TITLES,
        "parameter_names": words.PARAMETERS,
        "sentence_of_finding": sentence_of_finding,
        "here_as": here_as,
        "subject_in": subject_in,
    }


def subject_in(one: Break) -> str:
    """Write what a difference is about for people: instrument, place and instant, or the number of a trade."""
    parts = one.subject.split("|")
    slots = {slot.value: str(word) for slot, word in words.SLOTS.items()}
    kinds = {str(kind): str(word) for kind, word in words.KINDS.items()}
    return " · ".join(_moment(kinds.get(part, slots.get(part, part))) for part in parts)


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return text
    return at.astimezone(MARKET_TIME).strftime("%Y-%m-%d %H:%M") if at is not None and at.tzinfo else text


def mine() -> Enterprise:
    """Answer the enterprise that the reader acts for."""
    return enterprise_of(session(), current_person().organisation_id)


def role() -> Role | None:
    """Answer the reader's role."""
    acting = current_person().acting
    return acting.role if acting else None


def today() -> date:
    """Answer the day where the markets are."""
    return now().astimezone(MARKET_TIME).date()


def end_of(day: date) -> datetime:
    """Answer the last instant of *day* where the markets are."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), MARKET_TIME) - timedelta(microseconds=1)


def asked(name: str) -> str | None:
    """Answer a filter; a text that PostgreSQL cannot hold asks for nothing."""
    return request.args.get(name, "").replace("\x00", "").strip() or None


def asked_day(name: str) -> date | None:
    """Answer a day that was asked for; what is no day of this century asks for nothing."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def page_number() -> int:
    """Answer which page of a list is asked for, from 0."""
    return min(max(request.args.get("page", default=0, type=int), 0), LAST_PAGE)


def here_as(kind: str | None = None, **changes: object) -> str:
    """Answer this address with its filters, as another kind of paper (``xlsx``, ``pdf``) or with *changes*."""
    kept = {name: value for name, value in request.args.items() if name not in ("as", "page")}
    kept |= {name: str(value) for name, value in changes.items()}
    if kind:
        kept["as"] = kind
    return _address(kept)


def _address(values: dict[str, str]) -> str:
    return request.path + ("?" + urlencode(values) if values else "")


def listed(
    template: str,
    *,
    name: str,
    sheets: Callable[[], Sequence[Sheet]],
    paper: bool = False,
    status: int = 200,
    **context: object,
) -> Response:
    """Answer a page, or what it shows as XLSX (``?as=xlsx``) or, where there is a *paper*, as PDF (``?as=pdf``)."""
    if wants_book():
        return send_book(write_book(sheets()), name)
    if paper and request.args.get("as") == "pdf":
        return paper_of(name, sheets())
    return page(template, fragment=None, status=status, **context)


def paper_of(name: str, sheets: Sequence[Sheet]) -> Response:
    """Answer *sheets* as a PDF of the reader's enterprise."""
    tables = [(sheet.title, sheet.columns, [list(map(_shown, row)) for row in sheet.rows]) for sheet in sheets]
    content = write_paper("enterprises/paper.html", name=name, enterprise=mine(), tables=tables, made_at=now())
    return send_paper(content, name)


def _shown(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell)
        case int() | Decimal():
            return f"{cell:,}"
        case datetime():
            return cell.astimezone(MARKET_TIME).strftime("%Y-%m-%d %H:%M")
        case _:
            return str(cell)


def money(fen: int | None) -> Decimal | None:
    """Answer fen as yuan for a sheet."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def quantity(instrument: Instrument, units: int) -> Decimal:
    """Answer whole units as the displayed unit for a sheet."""
    return Decimal(decimal(units, instrument.decimals))


def column(title: object, kind: str = "text", width: int | None = None) -> Column:
    """Make a column with a translated title."""
    return Column(str(title), kind, width)  # type: ignore[arg-type]  # One of the kinds of sheets.
