import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dependency } from "./dependencies.ts";

const INTRODUCTION = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Curfew
Comment: The package contains Node.js, and packages of npm on which the gateway
 depends. Their terms follow the first paragraph. Those of the software, fonts
 and icons in the console page are in
 /usr/lib/curfew/node_modules/@curfew/proxy/page/third-party-notices.md.

Files: *
Copyright: the authors of Curfew
License: Apache-2.0
 On Debian systems, the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`;

const TERMS = /^(?:licen[cs]e|copying|notice)/iu;

/** Where Debian has the terms of a license that packages refer to. */
const APACHE = "On Debian systems, the text of the license is in /usr/share/common-licenses/Apache-2.0.";

/**
 * The copyright file of the Debian package, in its machine-readable format (DEP 5).
 * @param dependencies - packages that it contains.
 * @param nodeLicense - the terms of Node.
 */
export async function composeCopyright(dependencies: readonly Dependency[], nodeLicense: string): Promise<string> {
  const sections = await Promise.all(dependencies.map(describe));
  const node = formatSection({ files: "bin/node", holder: "Node.js contributors, and others", license: "Node.js" });
  return [INTRODUCTION, ...sections, `${node}\n${indent(nodeLicense)}\n`].join("\n");
}

async function describe({ folder, manifest }: Dependency): Promise<string> {
  const { name, license } = manifest;
  if (license === undefined) throw new Error(`${name} names no license`);
  const files = (await readdir(folder)).filter((file) => TERMS.test(file)).toSorted();
  const contents = await Promise.all(files.map(async (file) => readFile(join(folder, file), "utf8")));
  const texts = contents.map((content) => (/^\s*Apache License\s+Version 2\.0/u.test(content) ? APACHE : content));
  const text = texts.join("\n\n") || `${name} contains no text of its license, ${license}.`;
  const holder = /^\s*(?:copyright\b|\(c\)).*$/imu.exec(text)?.[0] ?? `the authors of ${name}`;
  return `${formatSection({ files: `node_modules/${name}/*`, holder, license: `${license}-${name}` })}\n${indent(text)}\n`;
}

function formatSection({ files, holder, license }: Record<"files" | "holder" | "license", string>): string {
  return [
    `Files: usr/lib/curfew/${files}`,
    `Copyright: ${holder.trim().replace(/^copyright:? /iu, "")}`,
    `License: ${license}`,
  ].join("\n");
}

/** Text in a field: a period in place of each empty line. */
function indent(text: string): string {
  const lines = text.trim().split(/\r?\n/u);
  return lines.map((line) => ` ${line.trim() === "" ? "." : line.trimEnd()}`).join("\n");
}
