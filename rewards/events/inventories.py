"""Inventories: a version is written, submitted, reviewed by somebody else; a correction is a further version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards.events import planning, queries, rules
from rewards.events.errors import (
    AlreadyReviewed,
    EventNotOver,
    FactorMissing,
    InventoryEmpty,
    InventoryOpen,
    InventoryUnknown,
    MeasuresMissing,
    PlanOpen,
    ShortFormTooLarge,
)
from rewards.events.factors import item_of, value_of
from rewards.events.model import Event, Form, Inventory, Line, Source
from rewards.events.rules import Trip

QUANTITY_PERMILLE = 100
"""How far a quantity may be off where nobody says: a tenth. Our own."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A quantity of an item; *factor* in kilograms per unit and its *factor_source* where none can be cited."""

    item: str
    quantity: Decimal
    words: str = ""
    quantity_permille: int = QUANTITY_PERMILLE
    factor: Decimal | None = None
    factor_source: str = ""


def open_inventory(session: Session, *, event: Event, by: UUID, now: datetime) -> Inventory:
    """Begin the next version with the lines of the last one, or answer the one that its author is still writing.

    Raises EventCancelled, InventoryOpen while one is in review, PlanOpen while a plan builds on the last one.
    """
    session.refresh(event, with_for_update=True)
    planning.check_open(event)
    last = queries.last_inventory(session, event.id)
    if last is not None and last.reviewed_at is None:
        if last.submitted_at is not None:
            raise InventoryOpen(event=event.id)
        return last
    if queries.open_plan(session, event.id) is not None:
        raise PlanOpen(event=event.id)
    made = _new_inventory(session, event, version=last.version + 1 if last else 1, by=by, now=now)
    if last is not None:
        session.add_all(_copy(line, made.id) for line in queries.lines_of(session, last.id))
        session.flush()
    return made


def add_lines(session: Session, *, inventory: Inventory, lines: Sequence[NewLine]) -> None:
    """Count something more. Raises ItemUnknown, QuantityInvalid, FactorMissing, InventoryUnknown once submitted."""
    check_writable(inventory)
    place = max((line.place for line in queries.lines_of(session, inventory.id)), default=0)
    session.add_all(_line(inventory.id, place + number, new) for number, new in enumerate(lines, start=1))
    session.flush()


def drop_lines(
    session: Session, *, inventory: Inventory, place: int | None = None, source: Source | None = None
) -> None:
    """Count something no longer: the line at *place*, or all of a *source*. Raises InventoryUnknown once submitted."""
    check_writable(inventory)
    gone = sa.delete(Line).where(Line.inventory_id == inventory.id)
    if place is not None:
        gone = gone.where(Line.place == place)
    if source is not None:
        gone = gone.where(Line.source == source)
    session.execute(gone)


def count_travel(
    session: Session,
    *,
    inventory: Inventory,
    trips: Sequence[Trip],
    people: int,
    entered: Mapping[str, tuple[Decimal, str]],
) -> None:
    """Count how people came, from those who said: the lines of passengers are replaced, freight stays.

    *entered* has numbers with sources for modes without a citable factor. Raises SampleTooSmall, FactorMissing.
    """
    estimates = rules.extrapolate(trips, people=people)
    check_writable(inventory)
    session.execute(sa.delete(Line).where(Line.inventory_id == inventory.id, Line.unit == "pkm"))
    lines = []
    for estimate in estimates:
        factor, source = entered.get(estimate.mode, (None, ""))
        words = f"{estimate.answers}/{len(trips)} → {max(people, len(trips))}"
        lines.append(NewLine(estimate.mode, estimate.pkm, words, estimate.permille, factor, source))
    add_lines(session, inventory=inventory, lines=lines)


def submit_inventory(session: Session, *, event: Event, inventory: Inventory, by: UUID, now: datetime) -> Inventory:
    """Give the inventory to the reviewer; whoever submits is its author.

    Raises EventCancelled, EventNotOver, MeasuresMissing, InventoryEmpty, ShortFormTooLarge, InventoryUnknown.
    """
    planning.check_open(event)
    check_writable(inventory)
    if event.form == Form.FULL and now < event.ends_at:
        raise EventNotOver(ends_at=event.ends_at)
    if not queries.measures_of(session, event.id):
        raise MeasuresMissing(event=event.id)
    lines = queries.lines_of(session, inventory.id)
    if not lines:
        raise InventoryEmpty(event=event.id)
    grams = sum(line.grams for line in lines)
    if event.form == Form.SHORT and grams > rules.SHORT_LIMIT_GRAMS:
        raise ShortFormTooLarge(grams=grams, limit_grams=rules.SHORT_LIMIT_GRAMS)
    inventory.author_id, inventory.submitted_at, inventory.grams = by, now, grams
    inventory.half_grams = rules.combined(line.half_grams for line in lines)
    session.flush()
    return inventory


def review_inventory(
    session: Session, *, inventory: Inventory, approves: bool, note: str, by: UUID, now: datetime
) -> Inventory:
    """Approve a submitted inventory or send it back. Raises InventoryUnknown, OwnWork, AlreadyReviewed."""
    session.refresh(inventory, with_for_update=True)
    if inventory.submitted_at is None:
        raise InventoryUnknown(event=inventory.event_id)
    if inventory.reviewed_at is not None:
        raise AlreadyReviewed(at=inventory.reviewed_at)
    rules.check_second_person(author=inventory.author_id, reviewer=by)
    inventory.reviewer_id, inventory.reviewed_at = by, now
    inventory.approved, inventory.review_note = approves, note
    session.flush()
    return inventory


def check_writable(inventory: Inventory) -> None:
    """Refuse to write in an inventory that was submitted. Raises InventoryUnknown."""
    if inventory.submitted_at is not None:
        raise InventoryUnknown(event=inventory.event_id)


def missing_factors(lines: Sequence[NewLine]) -> list[str]:
    """Answer the items of *lines* for which a number with a source is still needed."""
    missing = []
    for line in lines:
        try:
            value_of(line.item, entered=line.factor, source=line.factor_source)
        except FactorMissing:
            missing.append(line.item)
    return missing


def _new_inventory(session: Session, event: Event, *, version: int, by: UUID, now: datetime) -> Inventory:
    made = Inventory(
        id=new_id(), event_id=event.id, version=version, author_id=by, made_at=now, submitted_at=None, grams=None,
        half_grams=None, reviewer_id=None, reviewed_at=None, approved=None, review_note=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _line(inventory_id: UUID, place: int, new: NewLine) -> Line:
    item = item_of(new.item)
    rules.check_quantity(new.quantity, item=new.item)
    value = value_of(new.item, entered=new.factor, source=new.factor_source)
    if new.factor is not None and value.status == "entered":
        rules.check_quantity(new.factor, item=new.item)
    permille = min(max(0, new.quantity_permille), rules.MOST_PERMILLE)
    grams = rules.grams_of(new.quantity, value.factor)
    half = rules.half_of(grams, quantity_permille=permille, factor_permille=value.permille)
    return Line(
        inventory_id=inventory_id, place=place, source=item.source, item=new.item, words=new.words,
        quantity=new.quantity, unit=item.unit, factor=value.factor, factor_status=value.status,
        factor_source=value.source, factor_area=value.area, factor_vintage=value.vintage,
        quantity_permille=permille, factor_permille=value.permille, grams=grams, half_grams=half,
    )  # fmt: skip


def _copy(line: Line, inventory_id: UUID) -> Line:
    names = [column.key for column in sa.inspect(Line).column_attrs]
    return Line(**{name: getattr(line, name) for name in names if name != "inventory_id"}, inventory_id=inventory_id)
