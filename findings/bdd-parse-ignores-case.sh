#!/usr/bin/env bash
# pytest-bdd: `parsers.parse` ignores the case of letters, also in the pattern of a custom type, whose function then gets a
# text that its pattern does not allow. A step defined by a plain string does not ignore case.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check parse==1.22.4 pytest==9.2.0 pytest-bdd==9.0.1
cd "$folder"
cat >pods.feature <<'GHERKIN'
Feature: Pods
  Scenario: With parse
    Given the Pod is ready
  Scenario: With a plain string
    Given the Node is gone
GHERKIN
cat >test_pods.py <<'PYTHON'
from parse import with_pattern
from pytest_bdd import given, parsers, scenarios

scenarios("pods.feature")


@with_pattern("pod|node")
def kind(text):
    print(f"asked to convert {text!r}")
    return text


@given(parsers.parse("the {kind:Kind} is ready", extra_types={"Kind": kind}))
def _(kind):
    print(f"the step gets {kind!r}")


@given("the node is gone")
def _():
    pass
PYTHON
venv/bin/pytest -p no:cacheprovider -rA . >output || true
echo "pytest-bdd 9.0.1, parse 1.22.4"
echo "guess: 'the Pod is ready' has no step, since the type's pattern is 'pod|node'; nor has 'the Node is gone'"
sed -n "/asked to convert/s/^/seen:  /p; /the step gets/s/^/seen:  /p; /^PASSED/s/^/seen:  /p; /^FAILED/s/^/seen:  /p" output | sort -u
grep -qx "the step gets 'Pod'" output && grep -q '^PASSED .*test_with_parse$' output &&
  grep -q 'StepDefinitionNotFoundError.*the Node is gone' output || {
  echo "another behaviour than before"
  exit 1
}
