"""Serves a built site on this machine's loopback address, for looking at it before it is put somewhere.

Not a web server for others: any static host, or a file share, does that. Called by ``dvstats site --serve``.
"""

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST, PORT = "127.0.0.1", 8765


def server(folder: Path, port: int = PORT) -> ThreadingHTTPServer:
    """A server of the folder, ready for ``serve_forever``; port 0 takes a free one."""
    handler = functools.partial(_Handler, directory=str(folder))
    return ThreadingHTTPServer((HOST, port), handler)


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site, without a line on the terminal for each."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".csv": "text/csv"}

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the site counts no visitors, on this machine neither."""
