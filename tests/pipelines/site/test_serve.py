"""The site on this machine."""

import threading
import urllib.request
from typing import Any

from pipelines.site.serve import HOST, server


def test_a_page_is_served_on_the_loopback_address_only(site: Any) -> None:
    with server(site.folder, port=0) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://{HOST}:{serving.server_port}/en/index.html"
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
            assert answer.read() == (site.folder / "en" / "index.html").read_bytes()
        serving.shutdown()
    assert HOST == "127.0.0.1"
