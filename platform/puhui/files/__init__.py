"""What people hand in: licences, bills, evidence. Kept by hash, never changed; its feature says who may see it."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from ledger.kernel.model import Model
from puhui.web.sending import PDF, XLSX, send_bytes

MOST_MB = 10
PHOTOS = frozenset({"jpeg", "png", "webp"})
DOCUMENTS = PHOTOS | {"pdf"}
SHEETS = frozenset({"xlsx", "csv"})
_MEDIA = {"pdf": PDF, "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "xlsx": XLSX, "csv": "text/csv"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


class FileKindRefused(DomainError):
    """Its content is none of *kinds*, whatever its name says."""

    code = "file_kind_refused"


class FileTooLarge(DomainError):
    """It has more than *most_mb* megabytes."""

    code = "file_too_large"


class FileEmpty(DomainError):
    """It has no content."""

    code = "file_empty"


class FileUnknown(DomainError):
    """There is no file *file_id*."""

    code = "file_unknown"


class KeptFile(Model):
    """A file as it was handed in: *kind* was judged by its content, *content* is loaded when asked for."""

    __tablename__ = "kept_file"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[UUID]
    sha256: Mapped[bytes]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column())
    handed_in_by: Mapped[UUID]
    handed_in_at: Mapped[datetime]


def keep_file(
    session: Session, *, owner: UUID, name: str, content: bytes, kinds: frozenset[str], by: UUID, now: datetime
) -> KeptFile:
    """Keep *content* for *owner*; the same bytes again answer the file that is there.

    Raises FileEmpty, FileTooLarge (over 10 MB) and FileKindRefused.
    """
    if not content:
        raise FileEmpty
    if len(content) > MOST_MB * 1024 * 1024:
        raise FileTooLarge(most_mb=MOST_MB)
    kind = _kind_of(content)
    if kind not in kinds:
        raise FileKindRefused(kinds="、".join(sorted(kinds)), found=kind)
    sha256 = hashlib.sha256(content).digest()
    values = {
        "id": new_id(),
        "owner": owner,
        "sha256": sha256,
        "name": _UNSAFE.sub("_", name).strip()[-200:] or f"file.{kind}",
        "kind": kind,
        "size": len(content),
        "content": content,
        "handed_in_by": by,
        "handed_in_at": now,
    }
    session.execute(sa.text(_INSERT), values)
    found = sa.select(KeptFile).where(KeptFile.owner == owner, KeptFile.sha256 == sha256)
    return session.scalars(found).one()


_INSERT = """
INSERT INTO platform.kept_file (id, owner, sha256, name, kind, size, content, handed_in_by, handed_in_at)
VALUES (:id, :owner, :sha256, :name, :kind, :size, :content, :handed_in_by, :handed_in_at)
ON CONFLICT (owner, sha256) DO NOTHING
"""


def kept_file(session: Session, file_id: UUID) -> KeptFile:
    """Answer the file. Raises FileUnknown."""
    found = session.get(KeptFile, file_id)
    if found is None:
        raise FileUnknown(file_id=file_id)
    return found


def send_file_of(session: Session, file_id: UUID) -> Response:
    """Send the file to whoever the calling view let in; pictures and PDF open in the browser, sheets are saved."""
    found = kept_file(session, file_id)
    return send_bytes(found.content, name=found.name, kind=_MEDIA[found.kind], inline=found.kind in DOCUMENTS)


def _kind_of(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in content else None
    return "csv" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
