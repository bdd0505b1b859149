"""The nightly round of meters: findings looked at again, indicators computed anew for peers and lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from partners.meters.entering import look_again
from puhui.db import Database
from puhui.metering.books import keep_indicators, metered_institutions
from puhui.metering.savings import CITY_TIME


def keep_all_indicators(database: Database, now: datetime) -> Mapping[str, object]:
    """Compute this year's and last year's indicators of every metered institution, each in its own transaction."""
    year = now.astimezone(CITY_TIME).year
    institutions = database.run(metered_institutions)
    for one in institutions:
        database.run(partial(look_again, institution_id=one, now=now))
        database.run(partial(keep_indicators, institution_id=one, years=[year - 1, year], now=now))
    return {"institutions": len(institutions)}
