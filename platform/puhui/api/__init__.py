"""The JSON API under ``/api/v1``: strict schemas, problem+json, an OpenAPI document and a page to read it on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint

from puhui.api.schemas import DecimalString, ProblemSchema
from puhui.identity.audience import Audience, declared_of
from puhui.identity.current import COOKIE

__all__ = ["Blueprint", "DecimalString", "StrictApi", "create_api"]


class StrictApi(Api):  # type: ignore[misc]  # flask-smorest has no types.
    """flask-smorest whose faults are answered by ``puhui.faults``, in the same words as everywhere."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave faults to ``puhui.faults``: it keeps ``Allow`` on a 405, which flask-smorest's handler drops."""


def create_api(app: Flask, blueprints: Sequence[Blueprint]) -> StrictApi:
    """Add the API to *app*: the blueprints, the OpenAPI document at ``/api/v1/openapi.json``."""
    app.config.update(
        API_TITLE="Puhui 普惠",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    api = StrictApi(app)
    api.register_field(DecimalString, "string", "decimal")
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    _say_who_may_call(app, api)
    _say_how_faults_look(api)
    app.extensions["puhui_openapi"] = api.spec
    return api


def _say_who_may_call(app: Flask, api: StrictApi) -> None:
    """Write each route's declared audience into the document, as the credentials that a call needs."""
    scopes = {"activities:write": "Report acts", "meters:write": "Report meter readings"}
    flow = {"clientCredentials": {"tokenUrl": "/api/v1/oauth/token", "scopes": scopes}}
    api.spec.components.security_scheme("provider", {"type": "oauth2", "flows": flow})
    api.spec.components.security_scheme("log_in", {"type": "apiKey", "in": "cookie", "name": COOKIE})
    paths: dict[str, dict[str, Any]] = api.spec._paths  # apispec offers no way to look at what it has.
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method, operation in paths.get(path, {}).items():
            declared = declared_of(app.view_functions[rule.endpoint], method.upper())
            if declared is not None and isinstance(operation, dict) and method.upper() in (rule.methods or ()):
                operation["security"] = _credentials(declared.audiences, declared.scope)


def _say_how_faults_look(api: StrictApi) -> None:
    """Faults are problem+json; flask-smorest writes every answer down as plain JSON."""
    operations = [each for path in api.spec._paths.values() for each in path.values() if isinstance(each, dict)]
    answers = [answer for each in operations for answer in each.get("responses", {}).values()]
    for answer in (*answers, *api.spec.components.responses.values()):
        content = answer.get("content", {}) if isinstance(answer, dict) else {}
        if "Problem" in str(content.get("application/json", {}).get("schema", "")):
            content["application/problem+json"] = content.pop("application/json")


def _credentials(audiences: Sequence[Audience], scope: str | None) -> list[dict[str, list[str]]]:
    if Audience.PUBLIC in audiences:
        return []
    return [{"provider": [scope or ""]} if each is Audience.PROVIDER else {"log_in": []} for each in audiences]
