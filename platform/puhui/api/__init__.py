"""The JSON API under ``/api/v1``: strict schemas, problem+json, an OpenAPI document and a page to read it on."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_smorest import Api, Blueprint

from puhui.api.schemas import DecimalString, ProblemSchema

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
    app.extensions["puhui_openapi"] = api.spec
    return api
