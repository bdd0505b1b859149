"""Whose figures a page shows: those of the institution that the person acts for, or the one the operator asks for."""

from __future__ import annotations

from uuid import UUID

from flask import abort, request, url_for

from puhui.identity.model import Kind, Role
from puhui.web import current_person


def whose() -> UUID:
    """Answer the institution of the page: one's own, or the operator's ``?institution=``; 404 where it has none."""
    person = current_person()
    if person.acting is not None and person.acting.kind is Kind.INSTITUTION:
        return person.organisation_id
    try:
        return UUID(request.args.get("institution", ""))
    except ValueError:
        abort(404)


def is_operator() -> bool:
    """Whether an operator is looking."""
    acting = current_person().acting
    return acting is not None and acting.kind is Kind.OPERATOR


def role() -> Role | None:
    """Answer the role that the person acts in."""
    acting = current_person().acting
    return acting.role if acting else None


def at(endpoint: str, **values: object) -> str:
    """Answer the address of a page of the same institution."""
    kept = {"institution": request.args.get("institution")} if is_operator() else {}
    return url_for(endpoint, **{**kept, **values})  # type: ignore[arg-type]  # Flask takes any value of an address.


def page_number() -> int:
    """Answer the page of a list that is asked for, from 0."""
    return min(max(request.args.get("page", 0, type=int), 0), 10_000)
