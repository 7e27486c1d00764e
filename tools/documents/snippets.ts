import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { type Piece, type Problem, compile } from "./compile.ts";
import { modulesIn, unknownElements } from "./elements.ts";
import { type Block, type Document, blocksIn, lineAt } from "./markdown.ts";

const scripts: Readonly<Record<string, Piece["extension"]>> = {
  ts: "ts",
  typescript: "ts",
  tsx: "tsx",
  js: "js",
  javascript: "js",
  jsx: "jsx",
};
/** Their compilers are those of the examples. */
const components: ReadonlySet<string> = new Set(["vue", "svelte"]);
/** What no compiler reads. */
const others: ReadonlySet<string> = new Set(["", "css", "http", "ini", "json", "nginx", "sh", "text", "yaml"]);

/** Everything wrong with the code in some documents. */
export function problemsIn(documents: readonly Document[]): Problem[] {
  const problems: Problem[] = [];
  const pieces: Piece[] = [];
  for (const { path, text } of documents) {
    for (const block of blocksIn(text)) {
      const extension = scripts[block.language];
      if (/@ts-(?:ignore|nocheck|expect-error)/.test(block.code + block.context?.code)) {
        problems.push({ path, line: block.line, message: "a block may not switch the compiler off" });
      }
      if (extension) pieces.push({ path, extension, parts: block.context ? [block.context, block] : [block] });
      else if (block.language === "html") {
        pieces.push(...modulesOf(path, block));
        problems.push(...elementsOf(path, block));
      } else if (components.has(block.language)) problems.push(...componentOf(path, block));
      else if (!others.has(block.language)) {
        problems.push({ path, line: block.line, message: `nothing checks blocks in ${block.language}` });
      }
    }
  }
  return [...problems, ...compile(pieces)].toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

function modulesOf(path: string, { code, line }: Block): Piece[] {
  return modulesIn(code).map((script) => ({
    path,
    extension: "js",
    parts: [{ line: line + lineAt(code, script.index) - 1, code: script.code }],
  }));
}

function elementsOf(path: string, { code, line }: Block): Problem[] {
  return unknownElements(code).map(({ index, message }) => ({ path, line: line + lineAt(code, index) - 1, message }));
}

function componentOf(path: string, { code, language, line }: Block): Problem[] {
  const files = globSync(`examples/*/src/**/*.${language}`, { cwd: root });
  if (files.some((file) => readFileSync(join(root, file), "utf8").includes(code))) return [];
  return [{ path, line, message: `expected a piece of one of ${files.join(", ")}` }];
}
