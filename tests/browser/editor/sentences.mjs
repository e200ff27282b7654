// Prints each step of the features that no expression of the stub understands, and how many expressions there are.
import { readFileSync } from 'node:fs'
import { ExpressionBuilder, getGherkinDiagnostics } from '@cucumber/language-service'
import { WasmParserAdapter } from '@cucumber/language-service/wasm'

const [stub, ...features] = process.argv.slice(2)
const adapter = new WasmParserAdapter('node_modules/@cucumber/language-service/dist')
await adapter.init()
const source = { languageName: 'python', uri: stub, content: readFileSync(stub, 'utf8') }
const { expressionLinks, errors } = new ExpressionBuilder(adapter).build([source], [])
const expressions = expressionLinks.map((link) => link.expression)
for (const error of errors) console.log(String(error))
for (const feature of features) {
  for (const { range, message } of getGherkinDiagnostics(readFileSync(feature, 'utf8'), expressions)) {
    console.log(`${feature}:${range.start.line + 1}: ${message}`)
  }
}
console.log(`${expressions.length} expressions`)
