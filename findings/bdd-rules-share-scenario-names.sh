#!/usr/bin/env bash
# pytest-bdd: of two scenarios of one name under two rules of a feature only the last is collected, and nothing is said.
# The lost one would fail here; the run is green.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 pytest-bdd==9.0.1
cd "$folder"
cat >scaling.feature <<'GHERKIN'
Feature: Scaling
  Rule: Up
    Scenario: One replica at a time
      Given 3 replicas were added at once
  Rule: Down
    Scenario: One replica at a time
      Given 1 replica was removed at once
GHERKIN
cat >test_scaling.py <<'PYTHON'
from pytest_bdd import given, scenarios

scenarios("scaling.feature")


@given("3 replicas were added at once")
def _():
    raise AssertionError("three at once")


@given("1 replica was removed at once")
def _():
    pass
PYTHON
code=0
venv/bin/pytest -p no:cacheprovider -W error -rA . >output || code=$?
echo "pytest-bdd 9.0.1"
echo "guess: two tests, one of them fails; at least a warning (all warnings are errors here)"
echo "seen:  exit code $code, $(grep -c '^PASSED\|^FAILED\|^ERROR' output) test: $(grep '^PASSED\|^FAILED\|^ERROR' output)"
[ "$code" = 0 ] && [ "$(grep -c '^PASSED' output)" = 1 ] && grep -q '= 1 passed in' output || {
  echo "another behaviour than before"
  exit 1
}
