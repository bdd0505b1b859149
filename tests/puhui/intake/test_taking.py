"""One act, a batch and a file take the same way; what it promises holds when calls repeat, race and mix."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.providers import ClaimCodeInvalid, ProviderUnknown, RiderKeyChanged, provider_of, register, riders_of
from puhui.db import Database
from puhui.intake import Refused, decode, take_batch, tally_of
from puhui.intake.decoding import BatchEmpty, BatchTooLarge, BatchTooLong
from rewards import activities
from tests.factories import make_citizen
from tests.puhui.intake.conftest import MORNING, NOW, a_ride, riders, take


def said(answers: list[Any]) -> list[tuple[str, str, int, int]]:
    return [(a.status, a.code, a.grams, a.points) for a in answers]


def balances(session: Session, owner: UUID) -> tuple[int, int]:
    grams = ledger.account_of(session, owner=owner, purpose="reduction", asset="reduction")
    points = ledger.account_of(session, owner=owner, purpose="points", asset="point")
    return ledger.balance(session, grams).posted, ledger.balance(session, points).posted


def test_a_ride_becomes_grams_and_points_of_a_pseudonym(session: Session) -> None:
    assert said(take(session, a_ride())) == [("accepted", "credited", 128, 128)]
    assert balances(session, riders(session).pseudonym("17636")) == (128, 128)
    assert ledger.audit(session).holds


def test_the_same_record_again_posts_nothing_and_another_under_its_id_is_refused(session: Session) -> None:
    first = take(session, a_ride())
    again = take(session, a_ride(), a_ride(quantity="5"))
    assert said(again) == [("duplicate", "already_received", 0, 0), ("rejected", "id_repeated", 0, 0)]
    assert again[0].activity == first[0].activity
    assert said(take(session, a_ride(quantity="5"))) == [("rejected", "record_changed", 0, 0)]
    assert balances(session, riders(session).pseudonym("17636")) == (128, 128)


def test_every_row_is_answered_in_its_place_and_the_good_ones_go_through(session: Session) -> None:
    late = MORNING + timedelta(hours=2)
    answers = take(
        session,
        a_ride("a", method="T99"),
        a_ride("b"),
        a_ride("b"),
        a_ride("c", rider="2", started_at=late, ended_at=late + timedelta(seconds=59)),
        a_ride("d", rider="3", quantity="-1"),
        a_ride("e", started_at=MORNING + timedelta(minutes=5), ended_at=MORNING + timedelta(minutes=30)),
    )
    assert [a.index for a in answers] == list(range(6))
    assert [a.code for a in answers] == [
        *("method_unknown", "credited", "id_repeated", "ride_too_short", "quantity_not_positive", "overlaps")
    ]
    assert [a.activity is not None for a in answers] == [False, True, False, True, False, True]
    tally = tally_of(answers)
    assert tally.rows == tally.accepted + tally.duplicate + tally.capped + tally.review + sum(tally.rejected.values())


def test_the_cap_of_the_day_counts_what_earlier_calls_credited(session: Session) -> None:
    for hour, grams in ((0, 360), (1, 360), (2, 80), (3, 0)):
        start = MORNING + timedelta(hours=hour)
        ride = a_ride(f"r{hour}", quantity="9", started_at=start, ended_at=start + timedelta(minutes=50))
        assert take(session, ride)[0].grams == grams
    assert balances(session, riders(session).pseudonym("17636")) == (800, 800)


def test_a_monthly_cap_counts_the_whole_month(session: Session) -> None:
    register(session, code="demo-park", name_zh="停驶", name_en="Parking", time_zone="Asia/Shanghai", methods=["T09"])
    days = [
        a_ride(
            f"d{n}", method="T09", unit="day", quantity="3", ended_at=None, started_at=MORNING.replace(month=2, day=n)
        )
        for n in (1, 10, 28)
    ]
    answers = [take(session, day, provider="demo-park")[0] for day in days]
    assert [(a.code, a.grams) for a in answers] == [("credited", 2400), ("credited", 2400), ("cap_month", 1600)]


def test_overlaps_are_seen_across_calls_and_providers(session: Session) -> None:
    register(session, code="demo-bus", name_zh="公交", name_en="Bus", time_zone="America/Mexico_City", methods=["T05"])
    take(session, a_ride())
    lin = make_citizen(session)
    bus = a_ride(
        "b1", method="T05", unit="pkm", started_at=MORNING + timedelta(minutes=5), ended_at=MORNING + timedelta(hours=1)
    )
    far = a_ride(
        "b0", method="T05", unit="pkm", started_at=MORNING - timedelta(days=9), ended_at=MORNING - timedelta(days=9)
    )
    take(session, far, provider="demo-bus")
    for provider in ("demo-bike", "demo-bus"):
        rider = riders(session, provider).pseudonym("17636")
        activities.claim(session, rider=rider, person=lin.id, request_id=new_id(), now=NOW)
    assert said(take(session, bus, provider="demo-bus")) == [("rejected", "overlaps", 0, 0)]


def test_a_closed_account_takes_nothing_and_its_neighbours_do(session: Session) -> None:
    take(session, a_ride(), a_ride("r2", rider="2"))
    activities.close_participant(session, riders(session).pseudonym("17636"), now=NOW)
    later = MORNING + timedelta(hours=3)
    rows = [
        a_ride(f"x{rider}", rider=rider, started_at=later, ended_at=later + timedelta(minutes=9))
        for rider in ("17636", "2")
    ]
    assert [a.code for a in take(session, *rows)] == ["account_closed", "credited"]


def test_times_outside_the_providers_window_are_refused(session: Session) -> None:
    register(
        session,
        code="demo-new",
        name_zh="新",
        name_en="New",
        time_zone="Asia/Shanghai",
        methods=["T02"],
        max_age_days=30,
    )
    old = NOW - timedelta(days=31)
    soon = NOW + timedelta(hours=1)
    rows = [
        a_ride("old", started_at=old, ended_at=old + timedelta(minutes=9)),
        a_ride("soon", started_at=soon, ended_at=soon + timedelta(minutes=9)),
        a_ride("now", started_at=NOW - timedelta(minutes=9), ended_at=NOW),
    ]
    assert [a.code for a in take(session, *rows, provider="demo-new")] == ["time_too_old", "time_in_future", "credited"]


def test_a_rejected_ride_that_is_sent_again_corrected_takes_its_place(session: Session) -> None:
    refused = take(session, a_ride(ended_at=MORNING + timedelta(seconds=30)))[0]
    assert refused.activity is not None
    assert take(session, a_ride(ended_at=MORNING + timedelta(seconds=30)))[0].activity == refused.activity
    assert said(take(session, a_ride())) == [("accepted", "credited", 128, 128)]
    assert said(take(session, a_ride())) == [("duplicate", "already_received", 0, 0)]


def test_an_unknown_provider_is_refused(session: Session) -> None:
    with pytest.raises(ProviderUnknown):
        provider_of(session, "nobody")


def test_another_platform_key_is_refused_before_anything_counts_twice(session: Session) -> None:
    take(session, a_ride())
    with pytest.raises(RiderKeyChanged):
        riders_of(session, "demo-bike", key=b"another key")


GOOD = msgspec.json.encode(a_ride("good"))
LINES = [
    (b"{", "line_malformed"),
    ('{"id": "骑行"}'.encode("gbk"), "encoding_invalid"),
    (b'{"id": "x"}', "field_invalid"),
    (GOOD.replace(b'"3.2"', b"3.2"), "field_invalid"),
    (GOOD.replace(b'"3.2"', b'"3,2"').replace(b"good", b"bad"), "quantity_invalid"),
    (GOOD.replace(b'"unit"', b'"uint"'), "field_invalid"),
    (GOOD.replace(b"2026-03-02T08:00:00", b"yesterday"), "field_invalid"),
    (GOOD.replace(b'"id":"good"', b'"id":"a\\u0000b"'), "field_invalid"),
    (b"[]", "field_invalid"),
    (b"null", "field_invalid"),
    (b'"\xed\xa0\x80"', "encoding_invalid"),
]


@pytest.mark.parametrize(("line", "code"), LINES, ids=lambda value: str(value)[:40])
def test_a_bad_line_has_its_own_code_and_the_good_ones_go_through(session: Session, line: bytes, code: str) -> None:
    provider = provider_of(session, "demo-bike")
    body = b"\n".join([b"\xef\xbb\xbf" + GOOD, b"", line, GOOD.replace(b"good", b"more").replace(b"17636", b"2"), b""])
    answer = json.loads(
        take_batch(session, provider=provider, riders=riders(session), body=body, request_key="k", now=NOW)
    )
    assert [a["code"] for a in answer["answers"]] == ["credited", code, "credited"]
    assert answer["grams"] == 256


def test_too_many_too_large_and_no_rows_are_refused_as_a_whole() -> None:
    with pytest.raises(BatchTooLong):
        decode(b"1\n" * 50_001)
    with pytest.raises(BatchTooLarge):
        decode(b" " * (32 * 1024 * 1024 + 1))
    with pytest.raises(BatchEmpty):
        decode(b"\n\n")
    assert decode(b"1\n2") == [
        Refused("field_invalid", None, row.detail) for row in decode(b"1\n2") if isinstance(row, Refused)
    ]


def test_a_repeated_call_gets_the_first_answer_and_another_body_is_a_conflict(session: Session) -> None:
    provider = provider_of(session, "demo-bike")

    def call(body: bytes) -> bytes:
        return take_batch(session, provider=provider, riders=riders(session), body=body, request_key="k", now=NOW)

    first = call(GOOD)
    assert call(GOOD) == first
    assert json.loads(first)["accepted"] == 1
    with pytest.raises(activities.IntakeConflict):
        call(GOOD.replace(b"3.2", b"3.3"))
    assert balances(session, riders(session).pseudonym("17636")) == (128, 128)


def test_old_answers_can_be_forgotten_and_the_acts_still_count_once(session: Session) -> None:
    provider = provider_of(session, "demo-bike")
    values: dict[str, Any] = {
        "provider": provider,
        "riders": riders(session),
        "body": GOOD,
        "request_key": "k",
        "now": NOW,
    }
    take_batch(session, **values)
    assert activities.forget_calls(session, before=NOW + timedelta(days=1)) == 1
    assert json.loads(take_batch(session, **values))["duplicate"] == 1


def test_claiming_a_rider_moves_the_balances_once_and_later_rides_follow(session: Session) -> None:
    lin, rider = make_citizen(session), riders(session).pseudonym("17636")
    take(session, a_ride())
    request = new_id()
    moved = activities.claim(session, rider=rider, person=lin.id, request_id=request, now=NOW)
    assert (moved.grams, moved.points, moved.replayed) == (128, 128, False)
    assert activities.claim(session, rider=rider, person=lin.id, request_id=request, now=NOW).replayed
    assert balances(session, rider) == (0, 0)
    assert balances(session, lin.id) == (128, 128)
    noon = MORNING + timedelta(hours=4)
    take(session, a_ride("r2", started_at=noon, ended_at=noon + timedelta(minutes=9)))
    assert balances(session, lin.id) == (256, 256)
    page = activities.activities_of(session, lin.id, after=None, limit=10)
    assert [act.source_id for act in page.activities] == ["r2", "r1"]
    assert [binding.activities for binding in activities.bindings_of(session, lin.id)] == [2]
    assert said(take(session, a_ride())) == [("duplicate", "already_received", 0, 0)]
    assert ledger.audit(session).holds


def test_a_rider_belongs_to_one_person_and_must_have_ridden(session: Session) -> None:
    lin, zhou, rider = make_citizen(session), make_citizen(session), riders(session).pseudonym("17636")
    take(session, a_ride())
    activities.claim(session, rider=rider, person=lin.id, request_id=new_id(), now=NOW)
    with pytest.raises(activities.RiderClaimedByAnother):
        activities.claim(session, rider=rider, person=zhou.id, request_id=new_id(), now=NOW)
    nobody = riders(session).pseudonym("nobody")
    with pytest.raises(activities.RiderUnknown):
        activities.claim(session, rider=nobody, person=lin.id, request_id=new_id(), now=NOW)


def test_a_claim_code_fits_one_rider_for_a_week(session: Session) -> None:
    bikes, today = riders(session), date(2026, 3, 5)
    code = bikes.claim_code("17636", today=today)
    bikes.check_claim_code("17636", code.lower().replace("-", " ").replace("0", "o"), today=today + timedelta(days=7))
    wrong = [
        ("17637", code, 0),
        ("17636", code, 8),
        ("17636", "", 0),
        ("17636", code[:-1] + ("0" if code[-1] != "0" else "1"), 0),
    ]
    for rider, given, days in wrong:
        with pytest.raises(ClaimCodeInvalid):
            bikes.check_claim_code(rider, given, today=today + timedelta(days=days))
    with pytest.raises(ClaimCodeInvalid):
        riders(session, "demo-bus").check_claim_code("17636", code, today=today)


def test_no_rider_id_no_gender_and_no_track_is_stored(session: Session) -> None:
    take(session, a_ride(rider="a-very-private-rider", from_place="S-19", to_place="S-25"))
    for table in ("rewards.activity", "rewards.participant", "ledger.transfer", "ledger.account"):
        text = str(session.connection().exec_driver_sql(f"SELECT t::text FROM {table} t").all())
        assert "a-very-private-rider" not in text
        assert "S-19" not in text


def test_pages_of_acts_meet_without_gap_or_repeat(session: Session) -> None:
    rows = [
        a_ride(
            f"r{n}", started_at=MORNING + timedelta(minutes=20 * n), ended_at=MORNING + timedelta(minutes=20 * n + 9)
        )
        for n in range(7)
    ]
    take(session, *rows)
    owner, found, after = riders(session).pseudonym("17636"), [], None
    for _ in range(4):
        page = activities.activities_of(session, owner, after=after, limit=3)
        found += [act.source_id for act in page.activities]
        after = activities.cursor_of(str(page.after)) if page.after else None
        if after is None:
            break
    assert found == [f"r{n}" for n in reversed(range(7))]
    with pytest.raises(activities.ActivityUnknown):
        activities.activity_of(session, make_citizen(session).id, page.activities[0].id)


def test_caps_and_overlaps_hold_when_many_calls_run_at_once(own_database: Database) -> None:
    """Twelve calls race with overlapping rides and more than the daily cap; each also sends one common record."""
    barrier, faults = threading.Barrier(12), []

    def call(n: int) -> None:
        start = MORNING + timedelta(minutes=20 * n)
        rows = [
            a_ride("common", rider="r", started_at=MORNING - timedelta(hours=2), ended_at=MORNING - timedelta(hours=1)),
            a_ride(f"own{n}", rider="r", quantity="3", started_at=start, ended_at=start + timedelta(minutes=30)),
            a_ride(
                f"other{n}", rider=f"r{n % 3}", quantity="3", started_at=start, ended_at=start + timedelta(minutes=10)
            ),
        ]
        barrier.wait()
        try:
            own_database.run(lambda session: take(session, *(rows if n % 2 else reversed(rows))))
        except Exception as error:  # The assertion below shows it.
            faults.append(error)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with own_database.transaction() as session:
        owner = riders(session).pseudonym("r")
        acts = activities.activities_of(session, owner, after=None, limit=50).activities
        assert sum(act.source_id == "common" for act in acts) == 1
        standing = sorted((a.started_at, a.ended_at) for a in acts if a.status in ("accepted", "capped"))
        assert all(one[1] <= other[0] for one, other in pairwise(standing))
        assert sum(act.counted for act in acts) <= 20_000
        assert balances(session, owner)[0] == sum(act.grams for act in acts)
        assert ledger.audit(session).holds


def test_a_call_longer_than_the_ledgers_list_is_posted_in_several(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rewards.activities.actions.LONGEST_LIST", 3)
    answers = take(session, *(a_ride(f"r{n}", rider=str(n)) for n in range(5)))
    assert sum(answer.grams for answer in answers) == 640
    for n, answer in enumerate(answers):
        owner = riders(session).pseudonym(str(n))
        assert balances(session, owner) == (128, 128)
        act = activities.activity_of(session, owner, UUID(answer.activity))
        points = ledger.account_of(session, owner=owner, purpose="points", asset="point")
        assert [line.transfer_id for line in ledger.statement(session, points, limit=5).lines] == [act.points_transfer]
