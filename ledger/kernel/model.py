"""The root of table models: time is always with its zone, text has no invented length."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Model(DeclarativeBase):
    """A row of a table that a migration made. Models declare no foreign key across floors; migrations do."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: sa.TIMESTAMP(timezone=True),
        str: sa.Text(),
        int: sa.BigInteger(),
    }
