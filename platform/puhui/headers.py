"""Headers of every answer: what the browser may load and do, and what it may keep."""

from __future__ import annotations

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "form-action 'self'",
    )
)
PERMISSIONS_POLICY = "geolocation=(), microphone=(), payment=(), usb=(), camera={camera}"
CAMERA_PATHS = ("/counter", "/check-ins")
SERVICE_WORKER_PATH = "/sw.js"
A_YEAR = 31_536_000


def add_headers(response: Response) -> Response:
    """Add the headers; the camera is for pages that scan alone, and signed-in pages are kept nowhere."""
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["Permissions-Policy"] = PERMISSIONS_POLICY.format(camera="(self)" if _scans() else "()")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if request.endpoint == "static":
        _keep_static(response)
    elif request.path == SERVICE_WORKER_PATH:
        headers["Cache-Control"] = "no-cache"
    elif g.get("person") is not None or g.get("provider") is not None or request.method != "GET":
        headers["Cache-Control"] = "no-store"
    else:
        headers.setdefault("Cache-Control", "no-cache")
    return response


def _scans() -> bool:
    return any(request.path == path or request.path.startswith(f"{path}/") for path in CAMERA_PATHS)


def _keep_static(response: Response) -> None:
    """Names of built files carry a hash of their content, so a browser may keep them for good."""
    if request.path.startswith("/static/dist/") and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"


def init_headers(app: Flask) -> None:
    """Add the headers to every answer of *app*."""
    app.after_request(add_headers)
