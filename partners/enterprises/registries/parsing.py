"""Reading registry extracts: quantities with commas, ranges in words, three ways to write a day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from partners.enterprises.exact import NumberInvalid, whole
from partners.enterprises.findings import Finding, broken, reject, warn
from partners.enterprises.registries.errors import ExtractUnreadable
from partners.enterprises.registries.model import BlockRow, Event
from partners.enterprises.registries.serials import block_of

Cells = dict[str, str]
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}:\d{2} [AP]M)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """One line: its number (the header is 1), its row where it could be read, remarks."""

    number: int
    row: BlockRow | None
    findings: tuple[Finding, ...]


def day_of(text: str) -> date | None:
    """Read ``2026-04-03``, ``2026-04-13T12:35:58`` or ``11/3/2025 7:10:41 PM`` (month first). Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    if match := _AMERICAN.match(text):
        return date(int(match[3]), int(match[1]), int(match[2]))
    return datetime.fromisoformat(text).date()


def parse_extract(content: bytes) -> list[ExtractLine]:
    """Read an extract of any registry that is known by its header. Raises ExtractUnreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExtractUnreadable(reason="not_utf8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    header = set(reader.fieldnames or ())
    for needed, read in FORMATS:
        if needed <= header:
            return list(_lines(reader, read))
    raise ExtractUnreadable(reason="header_unknown")


def _lines(reader: csv.DictReader[str], read: Callable[[Cells], BlockRow]) -> Iterator[ExtractLine]:
    for number, cells in enumerate(reader, start=2):
        try:
            row = read(cells)
        except (NumberInvalid, ValueError, KeyError) as error:
            yield ExtractLine(number, None, (reject(0, "cell_unreadable", cell=str(error)[:80]),))
        else:
            yield ExtractLine(number, row, tuple(_check(row)))


def _check(row: BlockRow) -> Iterator[Finding]:
    """Rules 32 and 33, as far as one line shows them."""
    if row.block is None:
        yield broken(33, "serial_of_another_form", serial=row.serial[:80])
    elif row.block.quantity != row.units:
        yield broken(33, "block_is_not_the_quantity", block=row.block.quantity, units=row.units)
    if row.event is not Event.ISSUED and not (row.reason and row.beneficiary):
        yield warn(32, "reason_or_beneficiary_missing")


def _row(registry: str, event: Event, serial: str, cells: Cells, **facts: str) -> BlockRow:
    happened = facts["happened_on"]
    return BlockRow(
        registry=registry,
        serial=serial.strip(),
        event=event,
        project=re.sub(r"\D", "", facts["project"]),
        project_name=cells.get("Name") or cells.get("Project Name") or "",
        vintage=int(facts["vintage"][:4]),
        block=block_of(serial),
        units=whole(facts["units"]),
        happened_on=day_of(happened),
        beneficiary=facts.get("beneficiary", "").strip(),
        reason=facts.get("reason", "").strip(),
    )


def _verra(cells: Cells) -> BlockRow:
    ended = cells["Retirement/Cancellation Date"]
    return _row(
        "VCS",
        Event.RETIRED if ended else Event.ISSUED,
        cells["Serial Number"],
        cells,
        project=cells["ID"],
        vintage=cells["Vintage Start"],
        units=cells["Quantity Issued"],
        happened_on=ended or cells["Issuance Date"],
        beneficiary=cells["Retirement Beneficiary"],
        reason=cells["Retirement Reason"] or cells["Retirement Details"],
    )


def _gold_standard(cells: Cells) -> BlockRow:
    retired = cells.get("Retirement Date", "")
    return _row(
        "GS",
        Event.RETIRED if retired else Event.ISSUED,
        cells["Serial Number"],
        cells,
        project=cells["GSID"],
        vintage=cells["Vintage"],
        units=cells["Quantity"],
        happened_on=retired or cells["Issuance Date"],
        beneficiary=cells.get("Using Entity", ""),
        reason=cells.get("Note", ""),
    )


def _american(cells: Cells) -> BlockRow:
    cancelled = "Cancellation Type" in cells
    effective = cells.get("Status Effective (GMT)") or cells.get("Status Effective  (GMT)") or ""
    return _row(
        "ACR",
        Event.CANCELLED if cancelled else Event.RETIRED,
        cells["Credit Serial Numbers"],
        cells,
        project=cells["Project ID"],
        vintage=cells["Vintage"],
        units=cells["Quantity of Credits"],
        happened_on=effective,
        beneficiary=cells.get("Retired on Behalf of") or cells["Account Holder"],
        reason=cells.get("Cancellation Type") or cells.get("Retirement Reason") or "",
    )


def _climate_action(cells: Cells) -> BlockRow:
    cancelled = "Cancellation Reason" in cells
    return _row(
        "CAR",
        Event.CANCELLED if cancelled else Event.RETIRED,
        cells["Offset Credit Serial Numbers"],
        cells,
        project=cells["Project ID"],
        vintage=cells["Vintage"],
        units=cells["Quantity of Offset Credits"],
        happened_on=cells["Status Effective"],
        beneficiary=cells.get("Account Holder", ""),
        reason=cells.get("Cancellation Reason") or cells.get("Retirement Reason") or "",
    )


FORMATS: tuple[tuple[set[str], Callable[[Cells], BlockRow]], ...] = (
    ({"Serial Number", "Quantity Issued", "Vintage Start"}, _verra),
    ({"Serial Number", "Quantity", "GSID"}, _gold_standard),
    ({"Credit Serial Numbers", "Quantity of Credits"}, _american),
    ({"Offset Credit Serial Numbers", "Quantity of Offset Credits"}, _climate_action),
)
