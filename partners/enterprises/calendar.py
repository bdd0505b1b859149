"""Trading days: those that the exchange printed prices for; outside that span Monday to Friday, provisionally."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class TradingCalendar:
    """*days* are known for certain between the first and the last of them."""

    days: frozenset[date]
    _next: dict[date, date] = field(default_factory=dict)
    _first: date = field(init=False)
    _last: date = field(init=False)

    def __post_init__(self) -> None:
        self._first, self._last = min(self.days, default=date.max), max(self.days, default=date.min)

    def is_known(self, day: date) -> bool:
        """Whether the exchange's own days cover *day*."""
        return self._first <= day <= self._last

    def is_trading_day(self, day: date) -> bool:
        """Whether there is trading on *day*: printed, or a weekday where nothing is printed yet."""
        return day in self.days if self.is_known(day) else day.weekday() < 5

    def next_trading_day(self, day: date) -> date:
        """Answer the first trading day after *day*."""
        known = self._next.get(day)
        if known is None:
            known = day + ONE_DAY
            while not self.is_trading_day(known):
                known += ONE_DAY
            self._next[day] = known
        return known


def trading_calendar(session: Session) -> TradingCalendar:
    """Answer the calendar from the days on which prices were printed."""
    rows = read_rows(session, "SELECT DISTINCT day FROM partners.day_price", {})
    return TradingCalendar(frozenset(row[0] for row in rows))
