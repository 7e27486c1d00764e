import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { COMPONENTS } from "./components.ts";
import type { Component } from "./components.ts";

/** Where the notices are kept. */
export const NOTICES_FILE: string = join(ROOT, "THIRD_PARTY_NOTICES.md");

const INTRODUCTION = `# Third-party notices

The pages that Curfew builds contain the following software, fonts and icons of others, each under its own terms.
This file is made by \`node tools/notices.ts\` from the installed packages; a test fails when it is out of date.
`;

/** The text of the notices, from the packages as they are installed. */
export async function composeNotices(): Promise<string> {
  const sections = await Promise.all(COMPONENTS.map(composeSection));
  return [INTRODUCTION, ...sections].join("\n");
}

async function composeSection(component: Component): Promise<string> {
  const folder = join(ROOT, component.dependent, "node_modules", component.name);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { readonly version: string };
  const texts = await Promise.all(
    component.texts.map(async (file) => [file, terms(file, await readFile(join(folder, file), "utf8"))] as const),
  );
  return [
    `## ${component.name} ${version}\n`,
    `License: ${component.license}. Source: <${component.source}>\n`,
    ...(component.remark === undefined ? [] : [`${component.remark}\n`]),
    ...texts.map(([file, text]) => `\`${file}\`:\n\n${fenced(text)}\n`),
    ...(component.further === undefined ? [] : [`Further terms:\n\n${fenced(component.further)}\n`]),
  ].join("\n");
}

/** A text as it is; of a program the comment that it begins with. */
function terms(file: string, content: string): string {
  if (!file.endsWith(".js")) return content;
  const comment = /^\/\*(?<text>[^]*?)\*\//u.exec(content)?.groups?.["text"];
  if (comment === undefined) throw new Error(`${file} begins with no comment that states its terms`);
  return comment.replaceAll(/^ \* ?/gmu, "");
}

function fenced(text: string): string {
  const lines = text.trim().split(/\r?\n/u);
  return ["```text", ...lines.map((line) => line.trimEnd()), "```"].join("\n");
}
