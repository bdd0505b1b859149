"""The town's institutions: 青禾市机关事务中心 with departments, members, a published scheme and a running campaign."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from partners.institutions import actions as institutions
from partners.institutions.members import choose_appearance
from partners.institutions.model import Institution, MemberRole, ShownAs, Type
from puhui.codes import campaign_code_book_of
from puhui.db import Database
from puhui.demo.cast import COUNTY, OFFICES, PASSWORD, Employee, known
from puhui.identity.model import Membership, Person, Role
from puhui.identity.people import create_person
from puhui.identity.vault import Vault
from puhui.institution_jobs import heads_of, tenures_of
from puhui.members import enrol
from puhui.settings import Settings
from rewards.campaigns import actions as campaigns
from rewards.campaigns.model import Appearance, Goal, PlaceKind, Template
from rewards.campaigns.queries import teams_of
from rewards.campaigns.rules import METHODS, code_of
from rewards.schemes import actions as schemes
from rewards.schemes.awarding import award
from rewards.schemes.model import Span, Whose
from rewards.schemes.rules import Settings as Rules

CITY_TIME = ZoneInfo("Asia/Shanghai")
AGENCY = "agency"
SINCE = timedelta(days=58)
TYPES = {"hospital": Type.HOSPITAL, "school": Type.SCHOOL, AGENCY: Type.LOCAL_AGENCY}
FIGURES = {"hospital": ("46200", 980), "school": ("12850", 1420), AGENCY: ("18640", 312)}
"""Floor area (m²) and headcount, made up."""
TREE = (
    ("office", "办公室", None),
    ("finance", "财务处", None),
    ("saving", "公共机构节能处", None),
    ("metering", "计量监测科", "saving"),
    ("publicity", "宣传推广科", "saving"),
    ("fleet", "公务用车服务中心", None),
    ("canteen", "机关食堂", None),
)
STAFF = (
    (Employee("邹审言", "+8619900000232", Role.REVIEWER), None),
    (Employee("丁可为", "+8619900000233", Role.DEPARTMENT_MANAGER), "saving"),
)
SEATS = ("metering", "office", "canteen", "publicity", "finance", "fleet")
WEIGHTS = {"T01": 50, "T02": 100, "T05": 100, "T06": 100, "T07": 100, "T08": 100, "T10": 80, "F01": 20, "D06": 50}


class Town(NamedTuple):
    """What the institutions need of the town: its settings, its citizens by name, and the moment it is built."""

    settings: Settings
    people: dict[str, UUID]
    now: datetime

    @property
    def members(self) -> list[UUID]:
        """Answer who works at the agency: every citizen but the last, who may be invited."""
        return list(self.people.values())[:-1]


def make(database: Database, settings: Settings, people: dict[str, UUID], now: datetime) -> None:
    """Register the town's institutions and let the agency run a scheme and a campaign."""
    town = Town(settings, people, now)
    database.run(lambda session: _register(session, town))
    database.run(lambda session: _fill(session, town))
    database.run(lambda session: _publish_scheme(session, town))
    database.run(lambda session: _run_campaign(session, town))


def _register(session: Session, town: Town) -> None:
    vault, since = Vault(town.settings.data_key), town.now - SINCE
    operator = _person(session, "operator", Role.OPERATOR)
    for number, firm in enumerate(firm for firm in OFFICES if firm.key in TYPES):
        if session.get(Institution, known(firm.key)) is not None:
            continue
        liaison = _person(session, firm.key, Role.LIAISON)
        # No such county exists: the codes are well-formed and nobody's.
        body = f"11369900MB{number:06d}X"
        institutions.apply(
            session,
            institution_id=known(firm.key),
            name=firm.name,
            name_en=firm.name_en,
            code=body + uscc.calc_check_digit(body),
            type=TYPES[firm.key],
            county_code=COUNTY,
            applied_by=liaison,
            name_key=vault.new_key(known(firm.key)),
            now=since,
        )
        institutions.decide(session, known(firm.key), decided_by=operator, now=since)
        area, heads = FIGURES[firm.key]
        for year, more in ((since.year - 1, 0), (since.year, 6)):
            institutions.record_year(
                session, known(firm.key), year=year, floor_area_m2=Decimal(area), headcount=heads + more,
                source="示范数据，虚构", by=liaison, now=since,
            )  # fmt: skip
        enrol(session, known(firm.key), person_id=liaison, role=MemberRole.LIAISON, department_id=None, now=since)


def _fill(session: Session, town: Town) -> None:
    agency, vault, since = known(AGENCY), Vault(town.settings.data_key), town.now - SINCE
    for key, name, above in TREE:
        institutions.open_department(
            session, agency, name=name, now=since, department_id=_seat(key), parent_id=_seat(above) if above else None
        )
    for employee, seat in STAFF:
        person = create_person(
            session, vault=vault, phone=employee.phone, name=employee.name, now=since, password=PASSWORD
        )
        enrol(
            session, agency, person_id=person.id, role=MemberRole(employee.role),
            department_id=_seat(seat) if seat else None, now=since,
        )  # fmt: skip
    for number, person_id in enumerate(town.members):
        seat = SEATS[number % len(SEATS)]
        enrol(session, agency, person_id=person_id, role=MemberRole.MEMBER, department_id=_seat(seat), now=since)
        if number % 3 == 0:
            choose_appearance(session, agency, person_id=person_id, shown_as=ShownAs.NAME)


def _publish_scheme(session: Session, town: Town) -> None:
    since, year = town.now - SINCE, town.now.astimezone(CITY_TIME).year
    first, last = datetime(year, 1, 1, tzinfo=CITY_TIME).date(), datetime(year, 12, 31, tzinfo=CITY_TIME).date()
    author, reviewer = _person(session, AGENCY, Role.LIAISON), _person(session, AGENCY, Role.REVIEWER)
    rules = Rules(
        purpose="鼓励职工绿色通勤、光盘用餐，少开一天车，多走一段路。",
        starts_on=first,
        ends_on=last,
        valid_from=first,
        grams_per_point=200,
        budget_units=5_000_00,
        weights=WEIGHTS,
        quotas={(Whose.PERSON, Span.DAY): 15_00, (Whose.PERSON, Span.MONTH): 200_00},
    )
    scheme = schemes.open_scheme(
        session, institution_id=known(AGENCY), year=year, name=f"{year} 年职工低碳积分", by=author, now=since,
        scheme_id=known(f"{AGENCY}/scheme"),
    )  # fmt: skip
    version = schemes.draft(session, scheme.id, settings=rules, author=author, now=since)
    schemes.submit(session, scheme.id, version.version, now=since)
    schemes.approve(session, scheme.id, version.version, reviewer=reviewer, now=since)
    award(session, scheme.id, tenures_of(session, known(AGENCY)), now=town.now, everything=True)


def _run_campaign(session: Session, town: Town) -> None:
    midnight = datetime.combine(town.now.astimezone(CITY_TIME).date(), time.min, CITY_TIME)
    began = midnight - timedelta(days=10)
    plan = campaigns.Plan(
        template=Template.GREEN_TRAVEL,
        title="135 绿色出行",
        purpose="一公里走、三公里骑、五公里坐公交，一起少排三百千克。",
        starts_at=began,
        ends_at=midnight + timedelta(days=11),
        goal=Goal.GRAMS,
        goal_amount=300_000,
        methods=METHODS[Template.GREEN_TRAVEL],
        ranks=True,
        least_group=3,
    )
    author = _person(session, AGENCY, Role.LIAISON)
    made = campaigns.plan(session, known(AGENCY), plan, by=author, now=began, campaign_id=known(f"{AGENCY}/campaign"))
    heads, names = heads_of(session, known(AGENCY)), {_seat(key): name for key, name, above in TREE if above is None}
    teams = [(department, name, heads[department]) for department, name in names.items()]
    campaigns.publish(session, made.id, teams=teams, now=began)
    _take_part(session, made.id, town, began)
    campaigns.count(session, made.id, heads=heads, now=town.now)


def _take_part(session: Session, campaign_id: UUID, town: Town, began: datetime) -> None:
    teams = {team.department_id: team.id for team in teams_of(session, campaign_id)}
    above = {_seat(key): _seat(over) for key, _, over in TREE if over}
    place = campaigns.open_place(
        session, campaign_id, kind=PlaceKind.SCREEN, name="一楼大厅", now=began, place_id=known(f"{AGENCY}/screen")
    )
    codes = campaign_code_book_of(town.settings)
    for number, person in enumerate(town.members):
        seat = _seat(SEATS[number % len(SEATS)])
        team = teams.get(above.get(seat, seat))
        campaigns.enter(session, campaign_id, person_id=person, team_id=team, now=began)
        if number % 2 == 0:
            at = began + timedelta(days=3, hours=8, minutes=number)
            campaigns.check_in(session, code=code_of(place, codes, at=at), codes=codes, person_id=person, now=at)
        if number % 3 == 0:
            campaigns.choose_appearance(session, campaign_id, person_id=person, shown_as=Appearance.NAME)


def _seat(key: str) -> UUID:
    return known(f"{AGENCY}/{key}")


def _person(session: Session, firm: str, role: Role) -> UUID:
    """Answer who has the role in one of the town's organisations."""
    query = (
        sa.select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == known(firm), Membership.role == role, Membership.ended_at.is_(None))
        .order_by(Membership.started_at, Person.id)
    )
    return session.scalars(query.limit(1)).one()
