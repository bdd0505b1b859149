"""The commands that need no files: methods and claim codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from puhui.addresses import Addresses
from puhui.cli import main
from rewards.methods import catalogue


def test_methods_are_listed_as_a_table_and_as_json() -> None:
    table = CliRunner().invoke(main, ["methods", "list"])
    assert table.exit_code == 0
    assert "57 methods" in table.output
    listed = json.loads(CliRunner().invoke(main, ["methods", "list", "--json"]).output)
    assert [method["code"] for method in listed] == [method.code for method in catalogue().methods]
    bike = next(method for method in listed if method["code"] == "T02")
    assert (bike["factor_g_per_unit"], bike["caps"]) == ("40", [{"period": "day", "limit": "20", "counts": "quantity"}])


def test_the_operator_plays_the_demo_providers_app(own_addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.app)
    monkeypatch.setenv("PUHUI_DATABASE_OWNER_URL", own_addresses.owner)
    monkeypatch.setenv("PUHUI_DATA_KEY", "a data key of the tests, thirty-two characters")
    monkeypatch.setenv("PUHUI_SECRET_KEY", "a secret key of the tests, thirty-two characters")
    line = ["providers", "claim-code", "--rider", "17636", "--provider"]
    code = CliRunner().invoke(main, [*line, "demo-bike"])
    assert code.exit_code == 0, code.output
    assert len(code.output.strip().replace("-", "")) == 16
    unknown = CliRunner().invoke(main, [*line, "nobody"])
    assert (unknown.exit_code, "provider_unknown" in unknown.output) == (1, True)
    assert "demo-bike" in CliRunner().invoke(main, ["providers", "list"]).output
