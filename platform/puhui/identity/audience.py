"""Who a view is for. Every view declares it, the edge checks it first, and a house test walks all routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from puhui.identity.model import Kind, Role

Declarable = TypeVar("Declarable", bound=Callable[..., Any] | type)


class Audience(StrEnum):
    """The people of the design, as far as a route tells them apart."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"  # Anyone who has logged in, whatever they act as.
    CITIZEN = "citizen"
    CLERK = "clerk"  # A merchant's clerk, and its manager.
    MERCHANT_MANAGER = "merchant_manager"
    INSTITUTION = "institution"  # Any member of an institution.
    INSTITUTION_MANAGER = "institution_manager"  # Liaison, department manager or reviewer.
    ENTERPRISE = "enterprise"
    ENTERPRISE_MAKER = "enterprise_maker"
    ENTERPRISE_CHECKER = "enterprise_checker"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    PROVIDER = "provider"


ROLES: dict[Audience, tuple[Kind, frozenset[Role]]] = {
    Audience.CLERK: (Kind.MERCHANT, frozenset({Role.CLERK, Role.MANAGER})),
    Audience.MERCHANT_MANAGER: (Kind.MERCHANT, frozenset({Role.MANAGER})),
    Audience.INSTITUTION: (
        Kind.INSTITUTION,
        frozenset({Role.MEMBER, Role.LIAISON, Role.DEPARTMENT_MANAGER, Role.REVIEWER}),
    ),
    Audience.INSTITUTION_MANAGER: (
        Kind.INSTITUTION,
        frozenset({Role.LIAISON, Role.DEPARTMENT_MANAGER, Role.REVIEWER}),
    ),
    Audience.ENTERPRISE: (Kind.ENTERPRISE, frozenset({Role.VIEWER, Role.MAKER, Role.CHECKER})),
    Audience.ENTERPRISE_MAKER: (Kind.ENTERPRISE, frozenset({Role.MAKER})),
    Audience.ENTERPRISE_CHECKER: (Kind.ENTERPRISE, frozenset({Role.CHECKER})),
    Audience.OPERATOR: (Kind.OPERATOR, frozenset({Role.OPERATOR})),
    Audience.AUDITOR: (Kind.OPERATOR, frozenset({Role.AUDITOR})),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """The audiences of a view, and the scope that a provider's token needs."""

    audiences: tuple[Audience, ...]
    scope: str | None


def audience(*audiences: Audience, scope: str | None = None) -> Callable[[Declarable], Declarable]:
    """Declare whom a view (function, or method or class of a MethodView) is for: any one of *audiences*.

    The decorator stands innermost, next to the function. *scope* is what a provider's token must carry.
    """
    if not audiences or (scope is None) != (Audience.PROVIDER not in audiences):
        raise TypeError("name at least one audience; a provider needs a scope, nobody else has one")

    def declare(view: Declarable) -> Declarable:
        view.declared_audience = Declared(audiences, scope)  # type: ignore[union-attr]  # Python lets functions carry facts.
        return view

    return declare


def declared_of(view: Callable[..., Any], method: str) -> Declared | None:
    """Answer what *view* declares for *method*: the method's own word first, then its class'."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = "get" if method == "HEAD" and not hasattr(view_class, "head") else method.lower()
        view = getattr(view_class, name, view_class)
        return getattr(view, "declared_audience", None) or getattr(view_class, "declared_audience", None)
    return getattr(view, "declared_audience", None)
