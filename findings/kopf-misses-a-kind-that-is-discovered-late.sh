#!/usr/bin/env bash
# kopf: the server discovers a kind a moment after the last change of its definition, as a busy one does. An operator that is
# running by then never asks for objects of that kind.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile kopf==1.45.2
env -u http_proxy -u HTTP_PROXY -u https_proxy -u HTTPS_PROXY "$folder/venv/bin/python" - <<'PYTHON'
import http.server
import json
import logging
import sys
import threading
from importlib.metadata import version

import kopf

logging.disable(logging.WARNING)
GROUP = "shop.example.com"
OBJECT = {"apiVersion": f"{GROUP}/v1", "kind": "Database", "metadata": {"name": "shop", "namespace": "demo", "uid": "1"}}
VERBS = ["list", "watch", "patch"]


def kind(name, plural, namespaced):
    return {"name": plural, "singularName": name.lower(), "kind": name, "namespaced": namespaced, "verbs": VERBS}


def group(name):
    return {"name": name, "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}}


def definition(established):
    conditions = [{"type": "Established", "status": established}]
    metadata = {"name": f"databases.{GROUP}", "uid": "2", "resourceVersion": "3"}
    return {"metadata": metadata, "spec": {"group": GROUP}, "status": {"conditions": conditions}}


def play(late):
    """Return whether the operator saw the object that was there once its kind was discovered."""
    discovered, asked, seen, ended = (threading.Event() for _ in range(4))

    class Server(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path, _, query = self.path.partition("?")
            if "watch=true" in query:
                return self.watch(path)
            core = {"/version": {"major": "1", "minor": "36"}, "/api": {"versions": ["v1"]}}
            groups = [group("apiextensions.k8s.io"), *([group(GROUP)] if discovered.is_set() else [])]
            if path.endswith("/customresourcedefinitions") or path.endswith("/namespaces"):
                told = {"metadata": {"resourceVersion": "1"}, "items": []}
            elif path == f"/apis/{GROUP}/v1/databases":
                told = {"metadata": {"resourceVersion": "4"}, "items": [OBJECT]}
            elif path == "/apis":
                told = {"groups": groups}
                if definitions_told.is_set():
                    asked.set()
            elif path == "/api/v1":
                told = {"resources": [kind("Namespace", "namespaces", False)]}
            elif path == "/apis/apiextensions.k8s.io/v1":
                told = {"resources": [kind("CustomResourceDefinition", "customresourcedefinitions", False)]}
            elif path == f"/apis/{GROUP}/v1":
                told = {"resources": [kind("Database", "databases", True)]}
            else:
                told = core.get(path, {"resources": []})
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def watch(self, path):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            if path.endswith("/customresourcedefinitions") and not definitions_told.is_set():
                if not late:
                    discovered.set()
                definitions_told.set()
                for verb, established in (("ADDED", "False"), ("MODIFIED", "True")):
                    event = {"type": verb, "object": definition(established)}
                    self.wfile.write(json.dumps(event).encode() + b"\n")
                self.wfile.flush()
            ended.wait(30)

        def log_message(self, *_):
            pass

    definitions_told = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    registry, ready, stop = kopf.OperatorRegistry(), threading.Event(), threading.Event()

    @kopf.on.login(registry=registry)
    def login(**_):
        return kopf.ConnectionInfo(server=f"http://127.0.0.1:{server.server_port}")

    @kopf.on.event(GROUP, "v1", "databases", registry=registry)
    def changed(**_):
        seen.set()

    def run():
        import asyncio

        asyncio.run(kopf.operator(registry=registry, clusterwide=True, standalone=True, stop_flag=stop, ready_flag=ready))

    operator = threading.Thread(target=run, daemon=True)
    operator.start()
    assert asked.wait(20), "the operator has not heard of the definition"
    asked.clear()
    asked.wait(3)  # the second change is heard of as well
    discovered.set()
    found = seen.wait(10)
    stop.set()
    ended.set()
    operator.join(10)
    server.shutdown()
    return found


print(f"kopf {version('kopf')}")
print("guess: an object is seen once its kind is discovered, whether before the last change of the definition or after it")
results = {late: play(late) for late in (False, True)}
for late, found in results.items():
    print(f"seen:  discovered {'after' if late else 'before'} that change: the object is {'seen' if found else 'never seen'}")
sys.exit(0 if results == {False: True, True: False} else "another behaviour than before")
PYTHON
