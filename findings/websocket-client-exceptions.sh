#!/usr/bin/env bash
# websocket-client 1.9.2 asks the environment's proxy although `http_no_proxy` excepts every host, unless a proxy host is
# named as well: `proxy_info` drops the exceptions without one, and `get_proxy_info` then reads HTTP_PROXY.
# Guess before looking: `connect(url, http_no_proxy=["*"])` goes straight. Exits 1 when that has come true.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check websocket-client==1.9.2
env -u no_proxy -u NO_PROXY -u http_proxy "$folder/venv/bin/python" - <<'PYTHON'
import os
import select
import socket
import sys

import websocket

server, proxy = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
os.environ["HTTP_PROXY"] = f"http://127.0.0.1:{proxy.getsockname()[1]}"
url = f"ws://127.0.0.1:{server.getsockname()[1]}/"


def asked(**options):
    """Return who is asked for a connection that nobody answers."""
    try:
        websocket.create_connection(url, timeout=1, **options)
    except (websocket.WebSocketException, OSError):
        pass
    [first] = select.select([server, proxy], [], [], 5)[0]
    first.accept()[0].close()
    return "the server" if first is server else "the proxy"


alone = asked(http_no_proxy=["*"])
named = asked(http_no_proxy=["*"], http_proxy_host="nowhere.invalid", http_proxy_port=1)
print(f"websocket-client {websocket.__version__}: with http_no_proxy=['*'] it asks {alone};")
print(f"with a proxy host named beside it, it asks {named}")
sys.exit((alone, named) != ("the proxy", "the server"))
PYTHON
