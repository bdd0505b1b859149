"""Authlib's authorization server over our clients and tokens: client credentials alone, nothing else is offered."""

from __future__ import annotations

from typing import Any, ClassVar

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidScopeError, grants
from flask import Flask

from puhui.edge import now, session
from puhui.identity.model import ProviderClient
from puhui.identity.providers import SCOPES, client_of, is_secret_of, keep_token
from puhui.identity.rules import TOKEN_LIFE

METHODS = ("client_secret_basic", "client_secret_post")


class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types.
    """A provider's program as Authlib asks about it."""

    def __init__(self, row: ProviderClient) -> None:
        self.row = row

    def get_client_id(self) -> str:
        """Answer the program's name."""
        return self.row.client_id

    def get_allowed_scope(self, scope: str | None) -> str:
        """Answer what of *scope* the program may have; all that it may where it names none."""
        asked = set(scope.split()) if scope else set(self.row.scopes)
        return " ".join(sorted(asked & set(self.row.scopes)))

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is the program's."""
        return is_secret_of(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether the program may show its secret this way."""
        return endpoint == "token" and method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the program may ask for this grant."""
        return grant_type == "client_credentials"


class ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types.
    """The grant of RFC 6749 §4.4."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = list(METHODS)

    def validate_requested_scope(self) -> None:
        """Refuse a scope that the program was not granted, rather than give a token that can do less than was asked."""
        asked = set((self.request.payload.scope or "").split())
        if not asked <= set(self.request.client.row.scopes):
            raise InvalidScopeError


def create_server(app: Flask) -> AuthorizationServer:
    """Make the server for *app*."""
    app.config["OAUTH2_SCOPES_SUPPORTED"] = list(SCOPES)
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"client_credentials": int(TOKEN_LIFE.total_seconds())}
    server = AuthorizationServer(app, query_client=_find, save_token=_keep)
    server.register_grant(ClientCredentials)
    return server


def _find(client_id: str) -> Client | None:
    row = client_of(session(), client_id)
    return Client(row) if row is not None else None


def _keep(token: dict[str, Any], request: Any) -> None:  # noqa: ANN401  # Authlib has no types.
    client_id, scopes = request.client.get_client_id(), str(token.get("scope") or "").split()
    keep_token(session(), token=token["access_token"], client_id=client_id, scopes=scopes, now=now())
