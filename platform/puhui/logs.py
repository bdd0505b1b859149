"""Logs: one line of JSON per thing that happened, with the request's id and nobody's data."""

from __future__ import annotations

import structlog


def configure_logs() -> None:
    """Write events as JSON. A trace names files and lines and never the values of variables, which may be personal."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        cache_logger_on_first_use=False,
    )
