"""Forms: a CSRF token in each, and a request id in those that post to the ledger."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import UUID as IsUuid

from ledger.kernel.ids import new_id


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """A form with a CSRF token."""


class ActionForm(Form):
    """A form whose sending is safe to repeat: the id was made with the page, so a second tap is the same act."""

    request_id = HiddenField(default=lambda: str(new_id()), validators=[IsUuid()])

    @property
    def request_key(self) -> str:
        """The id under which the act is done once."""
        return str(UUID(self.request_id.data))
