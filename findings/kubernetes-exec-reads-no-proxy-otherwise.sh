#!/usr/bin/env bash
# kubernetes (Python client): with a blank behind a comma of NO_PROXY, or with a port in it, lists go straight to the API
# server, and exec to the same server goes through the proxy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile kubernetes==37.0.2 websocket-client==1.9.2
env -u HTTP_PROXY -u NO_PROXY -u ALL_PROXY -u all_proxy "$folder/venv/bin/python" - <<'PYTHON'
import os
import select
import socket
import sys
import threading
from importlib.metadata import version

import urllib3
from kubernetes import client
from kubernetes.stream import stream

server, proxy = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
os.environ["http_proxy"] = f"http://127.0.0.1:{proxy.getsockname()[1]}"


def try_to(call, api):
    """Make a call that nobody answers."""
    try:
        call(api)
    except (client.ApiException, urllib3.exceptions.HTTPError):
        pass


def asked(call, exceptions):
    """Return who is asked for a call."""
    os.environ["no_proxy"] = exceptions
    configuration = client.Configuration(host=f"http://127.0.0.1:{port}")
    configuration.retries = False
    api = client.CoreV1Api(client.ApiClient(configuration))
    caller = threading.Thread(target=try_to, args=(call, api))
    caller.start()
    [first] = select.select([server, proxy], [], [], 20)[0]
    connection = first.accept()[0]
    connection.recv(4096)
    connection.close()
    caller.join()
    return "server" if first is server else "proxy"


def pods(api):
    api.list_namespaced_pod("shop", _request_timeout=5)


def run(api):
    stream(api.connect_get_namespaced_pod_exec, "web-0", "shop", command=["ls"], stdout=True, _request_timeout=5)


plain, blank, with_port = "10.0.0.1,127.0.0.1", "10.0.0.1, 127.0.0.1", f"10.0.0.1,127.0.0.1:{port}"
seen = {value: (asked(pods, value), asked(run, value)) for value in (plain, blank, with_port)}
print(f"kubernetes {version('kubernetes')}, websocket-client {version('websocket-client')}")
print("guess: what NO_PROXY means to a client it means to all its requests")
for value, (listed, executed) in seen.items():
    print(f"seen:  NO_PROXY={value!r}: list asks the {listed}, exec asks the {executed}")
same = list(seen.values()) == [("server", "server"), ("server", "proxy"), ("server", "proxy")]
sys.exit(0 if same else "another behaviour than before")
PYTHON
