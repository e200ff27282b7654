#!/usr/bin/env bash
# kubernetes (Python client): a list of operations is sent as a JSON patch for built-in kinds, and with the content type of a
# merge patch for custom resources, where an API server can do nothing with a list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile kubernetes==37.0.2
env -u http_proxy -u HTTP_PROXY "$folder/venv/bin/python" - <<'PYTHON'
import http.server
import json
import sys
import threading
from importlib.metadata import version

from kubernetes import client

sent = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_PATCH(self):
        sent.append((self.headers["Content-Type"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        answer = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
api = client.ApiClient(client.Configuration(host=f"http://127.0.0.1:{server.server_port}"))
patch = [{"op": "remove", "path": "/metadata/finalizers"}]
client.CoreV1Api(api).patch_namespaced_config_map("web", "shop", patch)
client.CustomObjectsApi(api).patch_namespaced_custom_object("example.com", "v1", "shop", "webs", "web", patch)
print(f"kubernetes {version('kubernetes')}")
print("guess: the body's form decides in both: application/json-patch+json")
for kind, (content_type, body) in zip(("ConfigMap", "custom resource"), sent, strict=True):
    print(f"seen:  {kind}: {content_type} {json.dumps(body)}")
same = sent == [("application/json-patch+json", patch), ("application/merge-patch+json", patch)]
sys.exit(0 if same else "another behaviour than before")
PYTHON
