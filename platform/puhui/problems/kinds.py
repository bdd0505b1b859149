"""What a refusal is: its status, its sentence, and which of its facts the outside may see."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Problem:
    """The status and the sentence of an error, and which of its facts may be shown."""

    status: HTTPStatus
    sentence: object
    shows: tuple[str, ...] = ()


def bad(sentence: object, *shows: str) -> Problem:
    """Answer a problem of what was sent (422)."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, shows)


def conflict(sentence: object, *shows: str) -> Problem:
    """Answer a problem of how things stand (409)."""
    return Problem(HTTPStatus.CONFLICT, sentence, shows)


def missing(sentence: object, *shows: str) -> Problem:
    """Answer that something is not there (404)."""
    return Problem(HTTPStatus.NOT_FOUND, sentence, shows)
