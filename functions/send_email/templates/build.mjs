/**
 * Compiles the mails: types from the schema, the type check, then each mail rendered once with markers.
 *
 * `python -m infra templates compile` runs it between writing `generated/schema.json` and checking what came out.
 * Everything it writes follows from its sources alone, so that compiling anywhere gives the same bytes.
 */

import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

process.env.NODE_ENV = "production"; // before React is loaded

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);
const schema = JSON.parse(await readFile(at("generated", "schema.json"), "utf8"));

await writeFile(at("generated", "props.ts"), await types());
check();
const { mails, slots } = await bundle();
const { render } = await import("react-email");
const plain = {
  plainText: true,
  htmlToTextOptions: {
    selectors: [
      // a marker in capitals would name nothing
      { selector: "h1", options: { uppercase: false, leadingLineBreaks: 2 } },
      { selector: "ul", options: { itemPrefix: "- " } },
    ],
  },
};
const files = [];
for (const [name, mail] of Object.entries(mails)) {
  const props = slots(schema.properties[name], schema.$defs);
  files.push([`${name}.subject.txt`, `${mail.subject(props)}\n`]);
  files.push([`${name}.html`, broken(without(await render(mail.body(props))))]);
  files.push([`${name}.txt`, settled(await render(mail.body(props), plain))]);
}
await rm(at("compiled"), { recursive: true, force: true }); // only now: a mail that fails leaves the old ones be
await mkdir(at("compiled"));
for (const [file, content] of files) await writeFile(at("compiled", file), content);

async function types() {
  const { compile } = await import("json-schema-to-typescript");
  return await compile(structuredClone(schema), "Mails", {
    additionalProperties: false,
    bannerComment:
      "/** The mails' props, generated from functions/send_email/mails.py. Do not edit. */\n\n" +
      'import type { Moment, Paragraphs, Url } from "../src/slots";',
    ignoreMinAndMaxItems: true,
    style: { printWidth: 110 },
  });
}

function check() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  try {
    execFileSync(process.execPath, [tsc, "--noEmit", "--pretty", "false", "-p", root], { stdio: "inherit" });
  } catch {
    process.exit(1); // tsc has said what is wrong
  }
}

async function bundle() {
  const { build } = await import("esbuild");
  const outfile = at("node_modules", ".cache", "mails.mjs");
  await build({
    entryPoints: [at("src", "index.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    jsx: "automatic",
    logLevel: "error",
  });
  return await import(pathToFileURL(outfile).href);
}

/** React's own comments, which keep text nodes and boundaries apart for a browser that hydrates, are dropped. */
function without(html) {
  return html.replaceAll(/<!--(?: |\/?\$)-->/g, "");
}

/** Line breaks between tags where white space has no meaning, so that a difference is readable. */
function broken(html) {
  return html.replaceAll(/>(?=<\/?(?:head|meta|title|style|body|table|tbody|tr|td|p|h1|ul|li|div|hr)\b)/g, ">\n") + "\n";
}

/** A part that stands on lines of its own brings its line breaks along, so that leaving it out leaves no gap. */
function settled(text) {
  const breaks = (space) => space.replaceAll(" ", "");
  return (
    text
      .replaceAll(/(\n[\n ]*)?(\u0002[#?][^\u0003]+\u0003)(\n+)/g, (_, before = "", open, after) =>
        breaks(before).slice(after.length) + open + after)
      .replaceAll(/\n[\n ]*(\u0002\/[^\u0003]+\u0003)/g, "$1")
      .trim() + "\n"
  );
}
