"""Every route says whom it is for, and only what is meant to be open is open."""

from flask import Flask

from puhui.identity.audience import Audience, declared_of

OPEN = {
    "enterprises.rules",  # The rulebook with its sources.
    "events.create_sign_in",  # Believed by the code on the screen or the poster.
    "events.register",  # Guests need no account.
    "api_docs.document",
    "api_docs.show",
    "campaigns.certificate",
    "campaigns_api.certificate",
    "home.privacy",
    "home.show",
    "log_in.create",
    "log_in.create_code",
    "log_in.create_staff",
    "log_in.log_out",
    "log_in.show",
    "log_in.show_staff",
    "preferences.change",
    "preferences.show",
    "health_api.show",
    "merchant_staff.create_acceptance",  # Believed by the link and the code sent to the phone.
    "merchant_staff.create_code",
    "merchant_staff.show_invitation",
    "oauth_api.create",
    "vouchers.service_worker",  # The same script for everyone.
    "webhooks_api.receive",  # Believed by its signature.
}
# The public may read these.
OPEN_FEATURES = ("methods", "offers", "merchants", "exchange", "market", "events", "certificates", "sinks", "sponsors")


def _routes(app: Flask) -> list[tuple[str, str]]:
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return [
        (rule.endpoint, method) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_every_route_declares_its_audience(app: Flask) -> None:
    routes = _routes(app)
    silent = [route for route in routes if declared_of(app.view_functions[route[0]], route[1]) is None]
    assert len(routes) > 20
    assert silent == []


def test_only_named_routes_are_open_to_everyone(app: Flask) -> None:
    opened = set()
    for endpoint, method in _routes(app):
        declared = declared_of(app.view_functions[endpoint], method)
        if declared is not None and Audience.PUBLIC in declared.audiences:
            is_read = method == "GET" and endpoint.split(".")[0].removesuffix("_api") in OPEN_FEATURES
            opened |= {endpoint} if not is_read else set()
    assert opened - OPEN == set()


def test_a_visitor_gets_no_page_that_is_not_open(app: Flask) -> None:
    """Walk every route without arguments as a visitor: what is not public answers the log-in page or 401."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.arguments or rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        declared = declared_of(app.view_functions[rule.endpoint], "GET")
        assert declared is not None
        answer = client.get(rule.rule)
        if Audience.PUBLIC not in declared.audiences:
            assert answer.status_code == (401 if rule.rule.startswith("/api/") else 303), rule.rule


def test_paths_have_nouns_only(app: Flask) -> None:
    verbs = {"create", "delete", "update", "edit", "cancel", "redeem", "take", "get", "list", "do"}
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    assert [path for path in paths if verbs & set(path.split("/"))] == []
