#!/usr/bin/env bash
# The language service of the Cucumber extension of VS Code, on steps of pytest-bdd: a raw string literal keeps its opening
# quotation mark as part of the expression, so no step matches it, and a step of `parsers.re` is not found at all. Nothing
# is reported; in the editor such steps are undefined, though pytest runs them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @cucumber/language-service@1.7.0
cat >steps.py <<'PYTHON'
from pytest_bdd import given, parsers


@given("the pod is plain")
def plain():
    pass


@given(r"the pod is raw")
def raw():
    pass


@given(parsers.re("the pod is (?P<state>ready|gone)"))
def matched(state):
    pass
PYTHON
cat >look.mjs <<'NODE'
import { readFileSync } from 'node:fs'
import { ExpressionBuilder } from '@cucumber/language-service'
import { WasmParserAdapter } from '@cucumber/language-service/wasm'

const adapter = new WasmParserAdapter('node_modules/@cucumber/language-service/dist')
await adapter.init()
const source = { languageName: 'python', uri: 'steps.py', content: readFileSync('steps.py', 'utf8') }
const { expressionLinks, errors } = new ExpressionBuilder(adapter).build([source], [])
for (const { expression } of expressionLinks) console.log(`found ${expression.source}`)
for (const text of ['the pod is plain', 'the pod is raw', 'the pod is ready']) {
  const known = expressionLinks.some(({ expression }) => expression.match(text))
  console.log(`${text}: ${known ? 'known' : 'unknown'}`)
}
console.log(`${errors.length} errors`)
NODE
node look.mjs >output
echo "@cucumber/language-service 1.7.0, steps of pytest-bdd"
echo "guess: a raw literal means what a plain one does, and parsers.re is a regular expression: all three steps are known"
sed 's/^/seen:  /' output
cat >expected <<'TEXT'
found the pod is plain
found "the pod is raw
the pod is plain: known
the pod is raw: unknown
the pod is ready: unknown
0 errors
TEXT
cmp -s output expected || {
  echo "another behaviour than before"
  exit 1
}
