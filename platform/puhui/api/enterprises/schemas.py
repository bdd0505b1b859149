"""What crosses: money is yuan as text, quantities are whole units, days and instants are ISO 8601."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.schemas import StrictSchema

MOST_ROWS = 20_000
MOST_CELLS = 60


class PlainText(ma.fields.String):
    """A text that PostgreSQL and a sheet can hold: no NUL, no half of a surrogate pair."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if "\x00" in text or not _is_encodable(text):
            raise ma.ValidationError("Not a text.")
        return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(description: str, example: str | None, *, none: bool = False) -> ma.fields.String:
    return ma.fields.String(allow_none=none, metadata={"description": description, "example": example})


def _whole(description: str, example: int, *, none: bool = False) -> ma.fields.Integer:
    return ma.fields.Integer(allow_none=none, metadata={"description": description, "example": example})


class MarketHoldingsQuerySchema(StrictSchema):
    """As of which day, and of whom."""

    on = ma.fields.Date(
        metadata={"description": "As of the end of this day; left out means now", "example": "2026-06-30"}
    )
    group = ma.fields.Boolean(
        load_default=False, metadata={"description": "Together with the subsidiaries", "example": False}
    )


class MarketHoldingSchema(ma.Schema):
    """Units of one instrument in one place and state. Kinds are never added."""

    instrument = _text("Code of the instrument", "CEA25")
    place = _text("Where the units are and in which state", "registry.available")
    units = _whole("Whole units", 5_000)
    unit = _text("What one displayed unit is", "t")
    decimals = _whole("A whole unit is 10^-decimals of the displayed unit", 0)


class MarketHoldingsSchema(ma.Schema):
    """Holdings; 以注册登记系统记录为准, the registry's record is final."""

    on = _text("As of the end of this day; null means now", "2026-06-30", none=True)
    final = _text("Whose record is final", "以注册登记系统记录为准")
    items = ma.fields.List(ma.fields.Nested(MarketHoldingSchema), metadata={"description": "By instrument and place"})


class MarketRecordsQuerySchema(StrictSchema):
    """Filters of the blotter."""

    since = ma.fields.Date(metadata={"description": "First business day", "example": "2026-01-01"})
    until = ma.fields.Date(metadata={"description": "Last business day", "example": "2026-12-31"})
    instrument = PlainText(
        validate=ma.validate.Length(max=32), metadata={"description": "Code of the instrument", "example": "CEA25"}
    )
    kind = PlainText(
        validate=ma.validate.Length(max=32), metadata={"description": "Kind of the record", "example": "buy"}
    )
    state = ma.fields.String(
        validate=ma.validate.OneOf(["staged", "approved", "superseded", "rejected"]),
        metadata={"description": "State of the record", "example": "approved"},
    )
    limit = ma.fields.Integer(
        load_default=50,
        validate=ma.validate.Range(1, 500),
        metadata={"description": "How many, newest first", "example": 50},
    )
    offset = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(0, 1_000_000),
        metadata={"description": "How many to leave out", "example": 0},
    )


class MarketRecordSchema(ma.Schema):
    """A record as the blotter has it."""

    id = _text("The record", "0198c0de-0000-7000-8000-000000000001")
    instrument = _text("Code of the instrument", "CEA25")
    kind = _text("What happened", "buy")
    business_at = _text("When it happened", "2026-03-02T02:15:00+00:00")
    units = _whole("Whole units", 100)
    price_cny = _text("Price, yuan", "80.00", none=True)
    amount_cny = _text("Amount, yuan", "8000.00", none=True)
    fee_cny = _text("Fee, yuan", "8.00", none=True)
    number = _text("The source's own number of a trade", "CJ20260302001", none=True)
    state = _text("staged, approved, superseded or rejected", "approved")
    waiting = ma.fields.Boolean(
        metadata={"description": "Approved, but its units are not there yet (rules 15, 16, 29)", "example": False}
    )


class MarketRecordsSchema(ma.Schema):
    """A page of the blotter."""

    items = ma.fields.List(ma.fields.Nested(MarketRecordSchema), metadata={"description": "Newest first"})


class MarketObligationSchema(ma.Schema):
    """A year's obligation against what was done; tonnes."""

    year = _whole("The year", 2025)
    notice_no = _text("Number of the notice", "QJ-2025-001")
    deadline = _text("By when", "2026-12-31")
    due_t = _whole("Due", 50_000)
    surrendered_t = _whole("Surrendered", 45_000)
    offset_t = _whole("Offset with credits", 2_000)
    offset_cap_t = _whole("Most that credits may cover", 2_500)
    pending_t = _whole("Applied for, not approved", 0)
    eligible_t = _whole("At hand, of vintages that count", 1_000)
    open_t = _whole("Still to be done", 3_000)
    missing_t = _whole("Cannot be covered with what is at hand", 2_000)
    penalty_least_cny = _text(
        "Lower end of the fine, yuan; null without a shortfall or a price", "981000.00", none=True
    )
    penalty_most_cny = _text("Upper end of the fine, yuan", "1962000.00", none=True)
    penalty_basis = _text("Average prices that it rests on, fen by month", "2026-11 6540", none=True)


class MarketObligationsSchema(ma.Schema):
    """All years, newest first."""

    items = ma.fields.List(ma.fields.Nested(MarketObligationSchema), metadata={"description": "Newest first"})


class MarketBreaksQuerySchema(StrictSchema):
    """Open ones, or all."""

    all = ma.fields.Boolean(load_default=False, metadata={"description": "Resolved ones too", "example": False})


class MarketBreakSchema(ma.Schema):
    """A difference between the mirror and what others say."""

    id = _text("The difference", "0198c0de-0000-7000-8000-000000000002")
    rule = _whole("Number of the rule", 21)
    code = _text("What it is, for programs", "snapshot_differs")
    sentence = _text("What it is, in words", "登记快照 6900，镜像 7000。以注册登记系统记录为准。")
    subject = _text("What it is about", "CEA25|registry.available|2026-06-30T18:00:00+08:00")
    found_at = _text("When it was found", "2026-07-01T19:30:00+00:00")
    age_days = _whole("For how many days it has been open, or was", 3)
    reason = _text("Why, once it is resolved", "source_corrects", none=True)
    resolution = _text("How it was resolved", "登记机构次日更正", none=True)


class MarketBreaksSchema(ma.Schema):
    """Differences, the oldest open one first."""

    items = ma.fields.List(ma.fields.Nested(MarketBreakSchema), metadata={"description": "Oldest open one first"})


class MarketImportSchema(StrictSchema):
    """A statement as rows of text under a header, as a sheet would have them."""

    what = PlainText(
        required=True,
        validate=ma.validate.Length(1, 40),
        metadata={"description": "A template, a sheet, or a mapping that was saved", "example": "trades"},
    )
    name = PlainText(
        required=True,
        validate=ma.validate.Length(1, 200),
        metadata={"description": "What you call it", "example": "2026-03-02 成交"},
    )
    header = ma.fields.List(
        PlainText(validate=ma.validate.Length(max=100)),
        required=True,
        validate=ma.validate.Length(1, MOST_CELLS),
        metadata={"description": "Titles of the columns", "example": ["交易账号", "标的代码", "买卖方向", "成交编号"]},
    )
    rows = ma.fields.List(
        ma.fields.List(PlainText(validate=ma.validate.Length(max=500)), validate=ma.validate.Length(max=MOST_CELLS)),
        required=True,
        validate=ma.validate.Length(1, MOST_ROWS),
        metadata={"description": "Cells as text", "example": [["JY-0001", "CEA25", "买入", "CJ20260302001"]]},
    )


class MarketFindingSchema(ma.Schema):
    """A remark about a row."""

    rule = _whole("Number of the rule", 6)
    severity = _text("R rejects, W warns, B is a break, N explains", "R")
    code = _text("What it is, for programs", "quantity_below_one")
    sentence = _text("What it is, in words", "数量至少为 1。")


class MarketAnswerSchema(ma.Schema):
    """What became of a row."""

    line = _whole("Line of the sheet; the header is line 1", 2)
    outcome = _text("staged, duplicate or rejected", "staged")
    findings = ma.fields.List(ma.fields.Nested(MarketFindingSchema), metadata={"description": "Remarks about the row"})


class MarketImportedSchema(ma.Schema):
    """A statement that was brought: nothing is booked before a second person approves it."""

    id = _text("The file", "0198c0de-0000-7000-8000-000000000003")
    name = _text("What it is called", "2026-03-02 成交")
    state = _text("staged, approved or rejected", "staged")
    seen_before = ma.fields.Boolean(
        metadata={"description": "These bytes were brought earlier; nothing was kept anew", "example": False}
    )
    counts = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Rows by outcome", "example": {"staged": 1}},
    )
    rows = ma.fields.List(ma.fields.Nested(MarketAnswerSchema), metadata={"description": "An answer to every row"})
