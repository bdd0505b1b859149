"""The sandbox as a process: on the loopback address alone."""

from __future__ import annotations

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from puhui.sandbox.app import Application

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """A handler that keeps answered calls to itself: they would drown what matters in ``puhui run``."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def open_server(application: Application, *, port: int) -> BaseWSGIServer:
    """Answer a server that listens and has yet to serve; port 0 takes a free one. Raises OSError where it is taken."""
    return make_server(HOST, port, application, threaded=True, request_handler=_Quiet)
