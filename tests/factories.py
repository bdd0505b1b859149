"""The small cast that every test knows, and how they come in.

林晓 Lin Xiao is the citizen, 云上咖啡 Cloud Coffee the café, 周 Xiao Zhou its clerk, 赣江医院 Ganjiang Hospital the
institution. All are fictional; the phones are of a form that is never given out twice here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ledger.kernel import clock
from puhui.identity.current import COOKIE
from puhui.identity.log_in import open_log_in
from puhui.identity.model import Kind, Membership, Organisation, Person, Role
from puhui.identity.people import create_organisation, create_person, hasher, join
from puhui.identity.providers import create_client, keep_token
from puhui.identity.vault import Vault, new_token
from puhui.joining import join_citizen
from puhui.settings import Settings

SETTINGS = Settings.from_env(
    {
        "PUHUI_SECRET_KEY": "the tests' own secret, thirty-two characters",
        "PUHUI_DATA_KEY": "the tests' own data key, long enough too",
        "PUHUI_PAYMENTS_WEBHOOK_SECRET": "whsec_of_the_tests",
    }
)
VAULT = Vault(SETTINGS.data_key)
PASSWORD = "correct horse 电池"
_numbers = itertools.count(10_000_000)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff with the organisation and the membership that they act under."""

    person: Person
    organisation: Organisation
    membership: Membership


def a_phone() -> str:
    """Answer a mobile number in E.164 that no other test of this run uses."""
    return f"+86138{next(_numbers)}"


def make_citizen(session: Session, *, name: str = "林晓", phone: str | None = None) -> Person:
    """Make Lin, who agreed to the privacy text and has no membership."""
    return join_citizen(session, vault=VAULT, phone=phone or a_phone(), name=name, now=clock.now())


def make_staff(session: Session, *, kind: Kind, organisation: str, role: Role, name: str) -> Staff:
    """Make a person with a password and a role in a new organisation of *kind*."""
    now = clock.now()
    person = create_person(session, vault=VAULT, phone=a_phone(), name=name, now=now)
    person.password_hash = _password_hash()
    made = create_organisation(session, kind=kind, name=organisation, now=now)
    return Staff(person, made, join(session, person=person, organisation=made, role=role, now=now))


@cache
def _password_hash() -> str:
    """Hash the cast's password once: a good hash is slow."""
    return hasher.hash(PASSWORD)


def make_merchant_clerk(session: Session, *, name: str = "小周", merchant: str = "云上咖啡") -> Staff:
    """Make Zhou, clerk of the café."""
    return make_staff(session, kind=Kind.MERCHANT, organisation=merchant, role=Role.CLERK, name=name)


def make_merchant_manager(session: Session, *, name: str = "老陈", merchant: str = "云上咖啡") -> Staff:
    """Make Chen, manager of a café of the same name."""
    return make_staff(session, kind=Kind.MERCHANT, organisation=merchant, role=Role.MANAGER, name=name)


def make_hospital_liaison(session: Session) -> Staff:
    """Make Wan, the energy-saving liaison of Ganjiang Hospital."""
    return make_staff(session, kind=Kind.INSTITUTION, organisation="赣江医院", role=Role.LIAISON, name="万医生")


def make_operator(session: Session) -> Staff:
    """Make Xu, who operates the platform."""
    return make_staff(session, kind=Kind.OPERATOR, organisation="普惠运营中心", role=Role.OPERATOR, name="徐工")


def log_in(client: FlaskClient, who: Person | Staff) -> FlaskClient:
    """Log *who* (committed) in on *client*: a citizen as such, staff under their membership."""
    person, membership = (who.person, who.membership.id) if isinstance(who, Staff) else (who, None)
    with client.application.extensions["puhui"].database.transaction() as session:
        token, _ = open_log_in(session, person_id=person.id, membership_id=membership, now=clock.now())
    client.set_cookie(COOKIE, token)
    return client


def csrf_token(client: FlaskClient) -> str:
    """Answer the CSRF token of *client*'s browser, as any page shows it."""
    page = client.get("/preferences").text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def make_token(
    session: Session, *, provider: str = "demo-bike", scopes: tuple[str, ...] = ("activities:write",)
) -> str:
    """Make a program of *provider* and answer an access token for it, to be sent as ``Authorization: Bearer``."""
    client_id, token, now = f"{provider}-{next(_numbers)}", new_token(), clock.now()
    create_client(session, client_id=client_id, provider_code=provider, scopes=scopes, now=now)
    keep_token(session, token=token, client_id=client_id, scopes=scopes, now=now)
    return token
