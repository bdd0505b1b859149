"""The database stands, and the program's role owns nothing."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.db import Database


def test_the_program_runs_as_the_lesser_role(session: Session) -> None:
    assert session.scalar(sa.text("SELECT current_user")) == "puhui_app"


def test_a_transaction_commits_at_its_end(own_database: Database) -> None:
    with own_database.transaction() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1
