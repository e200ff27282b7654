// Renders Cucumber Messages as Cucumber's own HTML: node render.mjs messages.ndjson report.html
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CucumberHtmlStream } from "@cucumber/html-formatter";

const [messages, report] = process.argv.slice(2);
const lines = createInterface({ input: createReadStream(messages) });
async function* parsed() {
  for await (const line of lines) yield JSON.parse(line);
}
await pipeline(Readable.from(parsed()), new CucumberHtmlStream(), createWriteStream(report));
