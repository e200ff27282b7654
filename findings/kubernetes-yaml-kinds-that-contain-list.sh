#!/usr/bin/env bash
# kubernetes (Python client): `create_from_yaml` takes every kind with the letters "List" in it for a list of objects, so
# Gateway API's XListenerSet ends in KeyError: 'items' before the server is asked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile kubernetes==37.0.2
env -u http_proxy -u HTTP_PROXY TMPDIR="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import http.server
import sys
import threading
from importlib.metadata import version

from kubernetes import client, utils

asked = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_error(503)

    def log_message(self, *_):
        pass


def applied(kind):
    """Return how applying an object of a kind ends, and whether the server was asked."""
    asked.clear()
    thing = {
        "apiVersion": "gateway.networking.x-k8s.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {
            "parentRef": {"name": "edge"},
            "listeners": [{"name": "web", "protocol": "HTTP", "port": 80}],
        },
    }
    try:
        utils.create_from_yaml(api, yaml_objects=[thing], apply=True)
    except (KeyError, utils.FailToCreateError) as error:
        return type(error).__name__, bool(asked)
    return "no error", bool(asked)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
configuration = client.Configuration(host=f"http://127.0.0.1:{server.server_port}")
configuration.retries = False
api = client.ApiClient(configuration)
sets, meshes = applied("XListenerSet"), applied("XMesh")
print(f"kubernetes {version('kubernetes')}")
print("guess: each kind is looked up on the server (which answers 503 here): a FailToCreateError")
print(f"seen:  XListenerSet: {sets[0]}, server asked: {sets[1]}")
print(f"seen:  XMesh: {meshes[0]}, server asked: {meshes[1]}")
same = (sets, meshes) == (("KeyError", False), ("FailToCreateError", True))
sys.exit(0 if same else "another behaviour than before")
PYTHON
