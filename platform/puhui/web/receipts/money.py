"""Yuan as people write and read them; fen everywhere else."""

from __future__ import annotations

import re
from decimal import Decimal

from flask_babel import gettext
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from puhui.web.formatting import number

_YUAN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


def yuan(fen: int) -> str:
    """Answer fen as ``¥1,234.50``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{number(Decimal(abs(fen)) / 100, '#,##0.00')}"


def fen_of(text: str) -> int:
    """Read yuan, with two decimals at most, as fen. Raises ValueError."""
    if not _YUAN.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text) * 100)


class YuanField(StringField):  # type: ignore[misc]  # WTForms has no types.
    """An amount in yuan; ``.fen`` is whole fen."""

    @property
    def fen(self) -> int:
        """The amount in fen, once the form is valid."""
        return fen_of(self.data or "")

    data: str | None

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  # WTForms' signature.
        """Refuse what is no amount with a sentence."""
        self.data = (self.data or "").strip().replace(",", "")
        if not _YUAN.fullmatch(self.data):
            raise ValidationError(gettext("请填写金额（元），最多两位小数，例如 1200.50。"))


def above_zero(form: object, field: Field) -> None:  # noqa: ARG001  # WTForms' signature.
    """Refuse an amount that is not above zero."""
    if isinstance(field, YuanField) and _YUAN.fullmatch(field.data or "") and field.fen <= 0:
        raise ValidationError(gettext("金额须大于零。"))
