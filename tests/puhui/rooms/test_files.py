"""Files are kept by hash, judged by content, and never changed."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.files import (
    DOCUMENTS,
    SHEETS,
    FileEmpty,
    FileKindRefused,
    FileTooLarge,
    FileUnknown,
    keep_file,
    kept_file,
    send_file_of,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def _keep(session: Session, content: bytes, *, name: str = "执照.png", kinds: frozenset[str] = DOCUMENTS) -> object:
    who = new_id()
    return keep_file(session, owner=who, name=name, content=content, kinds=kinds, by=who, now=clock.now())


def test_the_same_bytes_of_one_owner_are_one_file(session: Session) -> None:
    owner, now = new_id(), clock.now()
    first = keep_file(session, owner=owner, name="a.png", content=PNG, kinds=DOCUMENTS, by=owner, now=now)
    again = keep_file(session, owner=owner, name="b.png", content=PNG, kinds=DOCUMENTS, by=owner, now=now)
    other = keep_file(session, owner=new_id(), name="c.png", content=PNG, kinds=DOCUMENTS, by=owner, now=now)
    assert again.id == first.id
    assert again.name == "a.png"
    assert other.id != first.id


def test_a_file_is_what_its_content_says(session: Session) -> None:
    with pytest.raises(FileKindRefused):
        _keep(session, b"<html>", name="picture.png")
    with pytest.raises(FileKindRefused):
        _keep(session, PNG, name="sheet.xlsx", kinds=SHEETS)
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("evil.js", "1")
    with pytest.raises(FileKindRefused):
        _keep(session, packed.getvalue(), name="sheet.xlsx", kinds=SHEETS)


def test_nothing_and_too_much_are_refused(session: Session) -> None:
    with pytest.raises(FileEmpty):
        _keep(session, b"")
    with pytest.raises(FileTooLarge):
        _keep(session, PNG + b"0" * (10 * 1024 * 1024))
    with pytest.raises(FileUnknown):
        kept_file(session, new_id())


def test_a_file_comes_back_as_it_was_under_a_name_that_breaks_no_header(app: Flask, session: Session) -> None:
    owner = new_id()
    kept = keep_file(
        session, owner=owner, name='执\r\n照/"x".png', content=PNG, kinds=DOCUMENTS, by=owner, now=clock.now()
    )
    with app.test_request_context():
        sent = send_file_of(session, kept.id)
    assert sent.get_data() == PNG
    assert sent.headers["Content-Type"] == "image/png"
    assert "\n" not in sent.headers["Content-Disposition"]


def test_the_program_cannot_change_a_kept_file(session: Session) -> None:
    _keep(session, PNG)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        session.execute(sa.text("UPDATE platform.kept_file SET content = 'x'"))
