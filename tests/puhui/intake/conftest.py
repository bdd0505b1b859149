"""The demo bikes, and how the tests report rides of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from partners.providers import Provider, Report, Riders, provider_of, riders_of
from puhui.addresses import Addresses
from puhui.intake import Answer, rider_key, take_in
from tests.conftest import _drop_database, _fresh_database, _url
from tests.factories import VAULT

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 8)  # noqa: DTZ001  # A provider-local time, as files have it.


def a_ride(id: str = "r1", **given: object) -> Report:  # The provider's word.
    """A ride of 3.2 km by rider 17636, ten minutes from eight in the morning, unless said otherwise."""
    start = given.pop("started_at", MORNING)
    assert isinstance(start, datetime)
    fields: dict[str, object] = {
        "rider": "17636",
        "method": "T02",
        "quantity": "3.2",
        "unit": "km",
        "started_at": start,
        "ended_at": start + timedelta(minutes=10),
    }
    return Report(id=id, **{**fields, **given})  # type: ignore[arg-type]  # Tests give what they like.


def riders(session: Session, provider: str = "demo-bike") -> Riders:
    """The riders of the provider under the tests' key."""
    return riders_of(session, provider, key=rider_key(VAULT))


def take(session: Session, *rows: Report, provider: str = "demo-bike", now: datetime = NOW) -> list[Answer]:
    """Report *rows* as the provider."""
    found: Provider = provider_of(session, provider)
    return take_in(session, provider=found, riders=riders(session, provider), rows=rows, now=now)


@pytest.fixture
def other_addresses() -> Iterator[Addresses]:
    """A second database of the test's own, to compare with."""
    name = _fresh_database()
    yield Addresses(app=_url("puhui_app", name), owner=_url("puhui_owner", name))
    _drop_database(name)
