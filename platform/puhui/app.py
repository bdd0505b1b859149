"""The composition root: the one file that knows every floor and every feature."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask, Response, current_app, g, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ledger.kernel.ids import new_id
from puhui.api import create_api
from puhui.api.activities.routes import blueprint as activities_api
from puhui.api.campaigns.routes import blueprint as campaigns_api
from puhui.api.coins.routes import blueprint as coins_api
from puhui.api.counter.routes import blueprint as counter_api
from puhui.api.enterprises.routes import blueprint as enterprises_api
from puhui.api.events.routes import blueprint as events_api
from puhui.api.exchange.routes import blueprint as exchange_api
from puhui.api.families.routes import blueprint as families_api
from puhui.api.gifts.routes import blueprint as gifts_api
from puhui.api.health.routes import blueprint as health_api
from puhui.api.institutions.routes import blueprint as institutions_api
from puhui.api.market.routes import blueprint as market_api
from puhui.api.meters.routes import blueprint as meters_api
from puhui.api.methods.routes import blueprint as methods_api
from puhui.api.oauth.routes import blueprint as oauth_api
from puhui.api.oauth.server import create_server
from puhui.api.offers.routes import blueprint as offers_api
from puhui.api.paycodes.routes import blueprint as paycodes_api
from puhui.api.settlement.routes import blueprint as settlement_api
from puhui.api.sinks.routes import blueprint as sinks_api
from puhui.api.sponsors.routes import blueprint as sponsors_api
from puhui.api.vouchers.routes import blueprint as vouchers_api
from puhui.api.webhooks.routes import blueprint as webhooks_api
from puhui.db import Database
from puhui.edge import Application, House, finish, now, session
from puhui.faults import init_faults
from puhui.headers import init_headers
from puhui.identity.current import COOKIE, SEEN_EVERY, guard, identify, is_api, person_or_none
from puhui.identity.log_in import touch_log_in
from puhui.identity.vault import Vault
from puhui.logs import configure_logs
from puhui.settings import Settings
from puhui.web.account.views import blueprint as account
from puhui.web.activities.views import blueprint as activities
from puhui.web.api_docs.views import blueprint as api_docs
from puhui.web.assessments.views import blueprint as assessments
from puhui.web.audit.views import blueprint as audit
from puhui.web.campaigns.joining import blueprint as campaigns
from puhui.web.certificates.views import blueprint as certificates
from puhui.web.counter.takings import blueprint as counter
from puhui.web.endpoints.views import blueprint as endpoints
from puhui.web.enterprises.views import blueprint as enterprises
from puhui.web.events.views import blueprint as events
from puhui.web.exchange.views import blueprint as exchange
from puhui.web.families.views import blueprint as families
from puhui.web.formatting import init_formatting
from puhui.web.frame import init_frame
from puhui.web.gifts.views import blueprint as gifts
from puhui.web.home.views import blueprint as home
from puhui.web.indicators.operations import blueprint as indicators
from puhui.web.institutions.operator import blueprint as institutions
from puhui.web.log_in.views import blueprint as log_in
from puhui.web.market.views import blueprint as market
from puhui.web.members.importing import blueprint as members
from puhui.web.members.mine import blueprint as memberships
from puhui.web.merchants.applications import blueprint as merchant_applications
from puhui.web.merchants.operations import blueprint as merchant_operations
from puhui.web.merchants.places import blueprint as merchant_desk
from puhui.web.merchants.shelf import blueprint as merchant_offers
from puhui.web.merchants.staff import blueprint as merchant_staff
from puhui.web.merchants.views import blueprint as merchants
from puhui.web.meters.questions import blueprint as meters
from puhui.web.methods.views import blueprint as methods
from puhui.web.notices.views import blueprint as notices
from puhui.web.offers.views import blueprint as offers
from puhui.web.operator.views import blueprint as operator
from puhui.web.paycodes.views import blueprint as paycodes
from puhui.web.preferences.choices import chosen
from puhui.web.preferences.views import blueprint as preferences
from puhui.web.receipts.views import blueprint as receipts
from puhui.web.reports.views import blueprint as reports
from puhui.web.returns.views import blueprint as returns
from puhui.web.schemes.mine import blueprint as schemes
from puhui.web.sending import most_bytes_of
from puhui.web.settlement.operations import blueprint as settlement_operations
from puhui.web.settlement.terms import blueprint as settlement_terms
from puhui.web.settlement.views import blueprint as settlement
from puhui.web.sinks.views import blueprint as sinks
from puhui.web.sponsors.views import blueprint as sponsors
from puhui.web.vouchers.views import blueprint as vouchers

HERE = Path(__file__).parent
WEB_BYTES = 1024 * 1024
API_BYTES = 64 * 1024 * 1024
CITY_TIME = "Asia/Shanghai"

PAGES = (
    account,
    activities,
    api_docs,
    assessments,
    audit,
    campaigns,
    certificates,
    counter,
    endpoints,
    enterprises,
    events,
    exchange,
    families,
    gifts,
    home,
    indicators,
    institutions,
    log_in,
    market,
    members,
    memberships,
    merchant_applications,
    merchant_desk,
    merchant_offers,
    merchant_operations,
    merchant_staff,
    merchants,
    meters,
    methods,
    notices,
    offers,
    operator,
    paycodes,
    preferences,
    receipts,
    settlement,
    settlement_operations,
    settlement_terms,
    sponsors,
    reports,
    returns,
    schemes,
    sinks,
    vouchers,
)
API = (
    activities_api,
    campaigns_api,
    coins_api,
    counter_api,
    enterprises_api,
    exchange_api,
    families_api,
    gifts_api,
    health_api,
    institutions_api,
    market_api,
    meters_api,
    methods_api,
    oauth_api,
    offers_api,
    paycodes_api,
    settlement_api,
    sponsors_api,
    vouchers_api,
    webhooks_api,
    events_api,
    sinks_api,
)

log = structlog.get_logger()
csrf = CSRFProtect()


def create_app(settings: Settings, database: Database) -> Flask:
    """Make the application on *database*."""
    configure_logs()
    app = Application("puhui", root_path=str(HERE), template_folder="web")
    app.extensions["puhui"] = House(settings=settings, database=database, vault=Vault(settings.data_key))
    _configure(app, settings)
    csrf.init_app(app)
    Babel(
        app,
        locale_selector=_locale,
        default_timezone=CITY_TIME,
        default_translation_directories=str(HERE / "translations"),
    )
    app.before_request(_begin)
    app.teardown_request(lambda _: finish(commit=False))
    init_headers(app)
    init_faults(app)
    init_formatting(app)
    init_frame(app)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's own way.
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.extensions["puhui_oauth"] = create_server(app)
    create_api(app, API)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    if settings.is_development:
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # A laptop has no TLS; Authlib knows no other switch.
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="puhui_state",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not settings.is_development,
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        MAX_CONTENT_LENGTH=API_BYTES,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # No short time limits: an elder may take as long as they need over a form.
        TEMPLATES_AUTO_RELOAD=settings.is_development,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _locale() -> str:
    return chosen("language") if request else "zh"


def _begin() -> Response | None:
    """Name the request, learn who asks, and let them pass or not."""
    g.request_id = str(new_id())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
    if not is_api():
        request.max_content_length = most_bytes_of(current_app.view_functions.get(request.endpoint or ""), WEB_BYTES)
    if request.endpoint == "static":
        return None
    identify()
    _touch()
    refused = guard()
    if refused is None and _needs_csrf():
        csrf.protect()
    return refused  # type: ignore[return-value]  # Flask takes whatever a view may return.


def _needs_csrf() -> bool:
    """Whether a cookie could have been ridden: every form, and an API call by a person's cookie."""
    return request.method not in ("GET", "HEAD", "OPTIONS") and (not is_api() or person_or_none() is not None)


def _touch() -> None:
    person = person_or_none()
    if person is not None and g.log_in_seen_at < now() - SEEN_EVERY:
        kind = person.acting.kind if person.acting else None
        touch_log_in(session(), token=request.cookies[COOKIE], kind=kind, now=now())
