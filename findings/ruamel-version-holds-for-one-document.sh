#!/usr/bin/env bash
# ruamel.yaml: `yaml.version = (1, 1)` holds for the first document of a stream only.
# Kubernetes reads YAML 1.1 in all documents, and most manifests have several.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ruamel.yaml==0.19.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from ruamel.yaml import YAML

SERVICE = "publishNotReadyAddresses: yes\n"


def reader(kind):
    """Return a reader that was told to read YAML 1.1."""
    yaml = YAML(typ=kind)
    yaml.version = (1, 1)
    return yaml


def values(documents):
    return [document["publishNotReadyAddresses"] for document in documents]


seen = {kind: values(reader(kind).load_all(f"{SERVICE}---\n{SERVICE}---\n{SERVICE}")) for kind in ("safe", "rt")}
one = reader("safe")
apart = values(one.load(SERVICE) for _ in range(3))
print(f"ruamel.yaml {version('ruamel.yaml')}")
print("guess: the version is the reader's; `yes` is True in each of three documents")
for kind, found in seen.items():
    print(f"seen:  load_all, typ={kind!r}: {found}")
print(f"seen:  the same reader, three calls of load: {apart}")
same = all(found == [True, "yes", "yes"] for found in seen.values()) and apart == [True, True, True]
sys.exit(0 if same else "another behaviour than before")
PYTHON
