"""Answers to what went wrong: a page for people, problem+json (RFC 9457) for programs, from one table."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, json, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from ledger.kernel.errors import DomainError
from puhui.edge import finish
from puhui.identity.current import is_api
from puhui.problems import advice_of, facts_of, problem_of, sentence_of, title_of
from puhui.web.pages import wants_fragment

log = structlog.get_logger()


def answer(status: int, sentence: str, *, code: str, facts: Mapping[str, object] | None = None) -> Response:
    """Answer *status* with *sentence* in the form that the asker reads."""
    finish(commit=False)
    if is_api():
        return problem_json(status, sentence, code=code, facts=facts)
    template = "errors/_error.html" if wants_fragment() else "errors/show.html"
    response = make_response(
        render_template(template, status=status, title=title_of(status), sentence=sentence, code=code), status
    )
    response.vary.add("HX-Request")
    return response


def problem_json(
    status: int, sentence: str, *, code: str, facts: Mapping[str, object] | None = None, errors: object = None
) -> Response:
    """Answer an RFC 9457 problem: type, title, status, detail, the stable code, the request's id, the shown facts."""
    body: dict[str, object] = {
        "type": f"/api/v1/problems#{code}",
        "title": title_of(status),
        "status": status,
        "detail": sentence,
        "code": code,
        "request_id": g.get("request_id", ""),
        **(facts or {}),
    }
    if errors is not None:
        body["errors"] = errors
    return Response(json.dumps(body), status, content_type="application/problem+json")


def on_domain_error(error: DomainError) -> Response:
    """Answer a rule's no."""
    status = problem_of(error).status
    log.info("request.refused", code=error.code, status=int(status))
    return answer(int(status), sentence_of(error), code=error.code, facts=facts_of(error))


def on_http_error(error: HTTPException) -> Response:
    """Answer a status that Flask, Werkzeug or webargs raised; 405 names what is allowed, as HTTP requires."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    code = {400: "bad_request", 413: "too_large", 422: "invalid", 500: "internal"}.get(status, title_code(error))
    data = getattr(error, "data", None) or {}
    if is_api():
        response = problem_json(status, advice_of(status), code=code, errors=data.get("errors") or data.get("messages"))
    else:
        response = answer(status, advice_of(status), code=code)
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    if status == 401 and is_api():
        response.headers["WWW-Authenticate"] = 'Bearer realm="puhui"'
    return response


def on_exception(error: Exception) -> Response:
    """Answer 500 and keep the trace in the log, with the request's id and nobody's data."""
    log.error("request.failed", endpoint=request.endpoint, exc_info=error)
    return answer(500, advice_of(500), code="internal")


def title_code(error: HTTPException) -> str:
    """Answer the machine's word for a status: "not_found", "method_not_allowed"."""
    return error.name.lower().replace(" ", "_").replace("'", "")


def init_faults(app: Flask) -> None:
    """Answer every fault of *app* in our own words."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_exception)
