"""Pages for everybody: which events there are, what one is, and signing up and in on a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Response, make_response, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from puhui.guests import new_guest, sign_in_book
from puhui.identity import limits
from puhui.identity.rules import Limit, phone_number
from puhui.problems import problem_of, sentence_of
from puhui.web import Audience, apart, audience, done, house, now, page, person_or_none, session
from puhui.web.events.blueprint import blueprint, deadline_of, organiser_of
from puhui.web.events.books import events_book
from puhui.web.events.forms import GuestForm, plain
from puhui.web.sending import send_book, wants_book
from rewards import gifts
from rewards.events import participants, queries, rules
from rewards.events.errors import SignInCodeInvalid
from rewards.events.factors import cited
from rewards.events.model import Event
from rewards.events.participants import NewParticipant
from rewards.events.rules import Trip

PAGE = 20
PER_ADDRESS = (Limit("event-guest", 500, timedelta(hours=1)),)
MOST_ROWS = 5_000


@blueprint.get("/events")
@audience(Audience.PUBLIC)
def index() -> Response:
    """List events, the latest first."""
    limit = MOST_ROWS if wants_book() else PAGE + 1
    rows = queries.standings(session(), queries.events(session(), before=cursor(), limit=limit))
    if wants_book():
        return send_book(events_book(rows), _("零碳活动"))
    shown = rows[:PAGE]
    more = place_of(shown[-1].event) if len(rows) > PAGE else None
    return page("events/index.html", rows=shown, more=url_for("events.index", after=more) if more else None)


@blueprint.get("/events/<uuid:event_id>")
@audience(Audience.PUBLIC)
def show(event_id: UUID) -> Response:
    """Show what an event is, what is done to emit less, and what became of it."""
    event = queries.event_of(session(), event_id)
    return page(
        "events/show.html",
        event=event,
        standing=queries.standing_of(session(), event),
        organiser=organiser_of(event),
        measures=queries.measures_of(session(), event.id),
        given=gifts.given_to(session(), [event.id])[event.id] if event.gifts_at else None,
        opens=now() < event.ends_at and event.cancelled_at is None,
        deadline=deadline_of(event),
        large=rules.is_large(event),
    )


@blueprint.get("/events/<uuid:event_id>/registration")
@audience(Audience.PUBLIC)
def registration(event_id: UUID) -> Response:
    """Show the form to sign up."""
    event = queries.event_of(session(), event_id)
    return page("events/guest.html", event=event, form=GuestForm(), signs_in=False, is_open=now() < event.ends_at)


@blueprint.post("/events/<uuid:event_id>/registration")
@audience(Audience.PUBLIC)
def register(event_id: UUID) -> Response:
    """Sign a guest up."""
    event, form = queries.event_of(session(), event_id), GuestForm()
    if not form.validate_on_submit() or (phone := _phone(form)) is None:
        return page("events/guest.html", event=event, form=form, signs_in=False, is_open=True, status=422)
    if now() >= event.ends_at:
        return page("events/guest.html", event=event, form=form, signs_in=False, is_open=False, status=409)
    _limit(event)
    participants.register(session(), event=event, people=[_guest(event, form, phone, _trip(form))], now=now())
    return done(url_for("events.show", event_id=event.id), _("报名成功，届时请扫描现场二维码签到。"))


@blueprint.get("/events/<uuid:event_id>/sign-in")
@audience(Audience.PUBLIC)
def sign_in(event_id: UUID) -> Response:
    """Show the form to sign in to whoever saw a good code; it may be filled in for a quarter of an hour."""
    event, book = queries.event_of(session(), event_id), sign_in_book(house().settings)
    code = (plain(request.args.get("code")) or "")[:20].upper()
    how = book.how(code, event.id, poster_version=event.poster_version, at=now())
    if how is None:
        raise SignInCodeInvalid
    rules.check_sign_in(event, now=now())
    form = GuestForm(shown=book.make_pass(event.id, how, at=now()))
    return page("events/guest.html", event=event, form=form, signs_in=True, is_open=True)


@blueprint.post("/events/<uuid:event_id>/sign-in")
@audience(Audience.PUBLIC)
def create_sign_in(event_id: UUID) -> Response:
    """Sign a guest in."""
    event, form = queries.event_of(session(), event_id), GuestForm()
    how = sign_in_book(house().settings).read_pass(form.shown.data or "", event.id, at=now())
    if how is None:
        raise SignInCodeInvalid
    if not form.validate_on_submit() or (phone := _phone(form)) is None:
        return page("events/guest.html", event=event, form=form, signs_in=True, is_open=True, status=422)
    trip = _trip(form)
    _limit(event)
    try:
        participants.sign_in(
            session(), event=event, new=_guest(event, form, phone, trip), how=how, trip=trip, now=now()
        )
    except DomainError as error:
        form.name.errors = [sentence_of(error)]
        return page(
            "events/guest.html", event=event, form=form, signs_in=True, is_open=True, status=problem_of(error).status
        )
    return make_response(page("events/welcome.html", event=event, emitted=_emitted(trip)))


def cursor() -> tuple[datetime, UUID] | None:
    """Read where the last page ended; an unreadable place is the beginning."""
    at, _bar, event_id = request.args.get("after", "").partition("|")
    try:
        found = datetime.fromisoformat(at)
        return (found, UUID(event_id)) if found.tzinfo else None
    except ValueError:
        return None


def place_of(event: Event) -> str:
    """Write down where a page ended."""
    return f"{event.starts_at.isoformat()}|{event.id}"


def _trip(form: GuestForm) -> Trip:
    """Answer how the guest came, there and back; nobody comes from farther than half round the earth."""
    km = min(form.km.number or Decimal(0), Decimal(20_000))
    return Trip(form.mode.data, int(km * 2000))


def _emitted(trip: Trip) -> tuple[int, int] | None:
    """Answer the grams of a way and half of their range, where its factor can be cited."""
    value = cited(trip.mode)
    if value is None:
        return None
    grams = rules.grams_of(Decimal(trip.metres) / 1000, value.factor)
    return grams, rules.half_of(grams, quantity_permille=0, factor_permille=value.permille)


def _guest(event: Event, form: GuestForm, phone: str, trip: Trip) -> NewParticipant:
    """Answer the guest: the citizen's own account where they are logged in as such, else sealed words."""
    person, guest_id = person_or_none(), UUID(form.request_key)
    if person is not None and person.acting is None:
        return NewParticipant(id=guest_id, how="self", person_id=person.id, trip=trip)
    return new_guest(
        house().vault,
        guest_id=guest_id,
        event_id=event.id,
        how="self",
        name=form.name.data,
        phone=phone or None,
        trip=trip,
    )


def _phone(form: GuestForm) -> str | None:
    """Answer the phone in E.164, empty where none was given, None where it is no mobile number."""
    if not form.phone.data:
        return ""
    try:
        return phone_number(form.phone.data)
    except DomainError as error:
        form.phone.errors = [sentence_of(error)]
        return None


def _limit(event: Event) -> None:
    """Let one address sign up five hundred people of an event an hour: a hall behind one address is common."""
    of = f"{event.id} {request.remote_addr}"
    with apart() as opened:
        limits.count(opened, vault=house().vault, limits=PER_ADDRESS, of=of, now=now())
