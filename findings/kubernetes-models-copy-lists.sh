#!/usr/bin/env bash
# kubernetes (Python client) 37: a model copies the lists and maps that it is given. A sidecar that is added to the caller's
# list afterwards is not sent, while a change to a container that was in the list is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile kubernetes==37.0.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from kubernetes import client

containers = [client.V1Container(name="server")]
selector = {"disk": "ssd"}
spec = client.V1PodSpec(containers=containers, node_selector=selector)
containers.append(client.V1Container(name="sidecar"))
containers[0].image = "server:2"
selector["zone"] = "a"
seen = client.ApiClient().sanitize_for_serialization(spec)
print(f"kubernetes {version('kubernetes')}")
print("guess: the model holds the caller's list and map; server:2 and sidecar, disk and zone are sent")
print(f"seen:  {seen}")
expected = {"containers": [{"name": "server", "image": "server:2"}], "nodeSelector": {"disk": "ssd"}}
sys.exit(0 if seen == expected else "another behaviour than before")
PYTHON
