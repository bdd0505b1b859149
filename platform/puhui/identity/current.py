"""Who is asking: the person behind the cookie or the provider behind the token, and whether this view is for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from puhui.edge import house, now, session
from puhui.identity.audience import ROLES, Audience, Declared, declared_of
from puhui.identity.model import (
    Kind,
    LogInSession,
    Membership,
    Organisation,
    Person,
    PersonKey,
    ProviderClient,
    ProviderToken,
    Role,
)
from puhui.identity.vault import token_hash

COOKIE = "puhui_log_in"
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Acting:
    """The membership that a member of staff acts under."""

    membership_id: UUID
    organisation_id: UUID
    organisation_name: str
    kind: Kind
    role: Role


@dataclass(frozen=True, slots=True)
class CurrentPerson:
    """The person who is logged in; *acting* is None while they act as a citizen."""

    id: UUID
    acting: Acting | None

    @property
    def organisation_id(self) -> UUID:
        """The organisation that the person acts for. Raises LookupError for a citizen; the audience rules that out."""
        if self.acting is None:
            raise LookupError("a citizen acts for no organisation")
        return self.acting.organisation_id


@dataclass(frozen=True, slots=True)
class CurrentProvider:
    """The data provider whose program is asking: its *code*, the client and the token's scopes."""

    code: str
    client_id: str
    scopes: frozenset[str]


def current_person() -> CurrentPerson:
    """Answer who is logged in; the answer is 401 where nobody is."""
    person = person_or_none()
    return person if person is not None else abort(401)


def person_or_none() -> CurrentPerson | None:
    """Answer who is logged in, or None for a visitor."""
    return cast(CurrentPerson | None, g.get("person"))


def current_provider() -> CurrentProvider:
    """Answer which data provider's program is asking; the answer is 401 where none is."""
    provider = cast(CurrentProvider | None, g.get("provider"))
    return provider if provider is not None else abort(401)


def current_name() -> str | None:
    """Open the name of the person who is logged in, once per request."""
    person = person_or_none()
    if person is not None and "name" not in g:
        g.name = name_of(session(), person.id)
    return cast(str | None, g.get("name"))


def name_of(opened: Session, person_id: UUID) -> str | None:
    """Open the name of a person; None where none was given or the account is closed."""
    row = opened.execute(
        sa.select(Person.name_sealed, PersonKey.wrapped)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .where(Person.id == person_id)
    ).one_or_none()
    if row is None or row.name_sealed is None:
        return None
    return house().vault.open(row.wrapped, person=person_id, field="name", sealed=row.name_sealed)


def identify() -> None:
    """Learn who is asking. A request with a bearer token is a program's: its cookies do not count."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if is_api() and scheme.lower() == "bearer":
        g.provider = _provider_of(token)
    elif request.cookies.get(COOKIE):
        g.person = _person_of(request.cookies[COOKIE])


def is_api() -> bool:
    """Whether the request is for the JSON API, whose faults are problem+json and never a page."""
    return request.path.startswith("/api/")


def guard() -> ResponseReturnValue | None:
    """Let the request pass, or answer the log-in page, 401 or 403, by what the view declares."""
    if request.endpoint is None or request.endpoint == "static" or request.method == "OPTIONS":
        return None
    declared = declared_of(current_app.view_functions[request.endpoint], request.method)
    if declared is None:
        raise LookupError(f"{request.endpoint} declares no audience")
    if any(_is(audience, declared) for audience in declared.audiences):
        return None
    is_known = person_or_none() is not None or g.get("provider") is not None
    if is_known:
        abort(403)
    return _ask_to_log_in() if not is_api() else abort(401)


def _is(audience: Audience, declared: Declared) -> bool:
    person, provider = person_or_none(), cast(CurrentProvider | None, g.get("provider"))
    if audience is Audience.PUBLIC:
        return True
    if audience is Audience.PROVIDER:
        return provider is not None and declared.scope in provider.scopes
    if person is None:
        return False
    if audience is Audience.SIGNED_IN:
        return True
    if audience is Audience.CITIZEN:
        return person.acting is None
    kind, roles = ROLES[audience]
    return person.acting is not None and person.acting.kind is kind and person.acting.role in roles


def _ask_to_log_in() -> Response:
    target = request.full_path.rstrip("?") if request.method == "GET" else url_for("home.show")
    address = f"{url_for('log_in.show')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return cast(Response, redirect(address, 303))


def _person_of(token: str) -> CurrentPerson | None:
    row = session().execute(_LOG_IN, {"token": token_hash(token), "now": now()}).one_or_none()
    if row is None:
        return None
    person_id, acts_as, g.log_in_seen_at, membership_id, role, organisation_id, name, kind = row
    if acts_as is None:
        return CurrentPerson(id=person_id, acting=None)
    if None in (membership_id, organisation_id):
        return None  # The membership ended while the cookie lived.
    return CurrentPerson(id=person_id, acting=Acting(membership_id, organisation_id, name, kind, role))


# Every request of a person asks this, so it is built once and reads single columns.
_LOG_IN = (
    sa.select(
        LogInSession.person_id, LogInSession.membership_id, LogInSession.seen_at, Membership.id, Membership.role,
        Organisation.id, Organisation.name, Organisation.kind,
    )
    .join(Person, Person.id == LogInSession.person_id)
    .outerjoin(Membership, (Membership.id == LogInSession.membership_id) & Membership.ended_at.is_(None))
    .outerjoin(Organisation, (Organisation.id == Membership.organisation_id) & Organisation.closed_at.is_(None))
    .where(
        LogInSession.token_hash == sa.bindparam("token"),
        LogInSession.expires_at > sa.bindparam("now"),
        Person.closed_at.is_(None),
    )
)  # fmt: skip


def _provider_of(token: str) -> CurrentProvider | None:
    row = (
        session()
        .execute(
            sa.select(ProviderToken, ProviderClient)
            .join(ProviderClient, ProviderClient.client_id == ProviderToken.client_id)
            .where(
                ProviderToken.token_hash == token_hash(token),
                ProviderToken.expires_at > now(),
                ProviderToken.revoked_at.is_(None),
                ProviderClient.revoked_at.is_(None),
            )
        )
        .one_or_none()
    )
    if row is None:
        return None
    return CurrentProvider(code=row[1].provider_code, client_id=row[1].client_id, scopes=frozenset(row[0].scopes))
