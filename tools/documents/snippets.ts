import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { type Piece, type Problem, compile } from "./compile.ts";
import { scriptsIn, unknownElements, unknownStyles } from "./elements.ts";
import { type Block, type Document, blocksIn, lineAt } from "./markdown.ts";

const SCRIPTS: ReadonlyMap<string, Piece["extension"]> = new Map([
  ["ts", "ts"],
  ["typescript", "ts"],
  ["tsx", "tsx"],
  ["js", "js"],
  ["javascript", "js"],
  ["jsx", "jsx"],
]);
/** What silences the compiler. */
const SWITCHED_OFF = /@ts-(?:ignore|nocheck|expect-error)|[:<,|] *any\b|\bas any\b/;
/** Languages that the examples compile. */
const COMPONENTS: ReadonlySet<string> = new Set(["vue", "svelte"]);
/** Languages without a compiler. */
const UNCOMPILED: ReadonlySet<string> = new Set([
  "caddyfile",
  "diff",
  "dockerfile",
  "http",
  "ini",
  "json",
  "nginx",
  "sh",
  "text",
  "toml",
  "xml",
  "yaml",
]);

/** The errors in the code of documents. */
export function problemsIn(documents: readonly Document[]): Problem[] {
  const problems: Problem[] = [];
  const pieces: Piece[] = [];
  for (const { path, text } of documents) {
    for (const block of blocksIn(text)) {
      pieces.push(...piecesOf(path, block));
      problems.push(...withoutCompiler(path, block));
    }
  }
  problems.push(...pieces.flatMap(silenced), ...compile(pieces));
  return problems.toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/** The parts of a block that the compiler reads. */
function piecesOf(path: string, block: Block): Piece[] {
  if (block.language === "html") return scriptsOf(path, block);
  const extension = SCRIPTS.get(block.language);
  return extension ? [{ path, extension, parts: block.context ? [block.context, block] : [block] }] : [];
}

/** Errors in what the compiler does not read of a block. */
function withoutCompiler(path: string, block: Block): Problem[] {
  const { code, language, line } = block;
  if (language === "html") return placed(path, block, unknownElements(code));
  if (language === "css") return placed(path, block, unknownStyles(code));
  if (COMPONENTS.has(language)) return componentOf(path, block);
  if (SCRIPTS.has(language) || UNCOMPILED.has(language)) return [];
  return [{ path, line, message: language ? `nothing checks blocks in ${language}` : "the block names no language" }];
}

function silenced({ path, parts }: Piece): Problem[] {
  const part = parts.find(({ code }) => SWITCHED_OFF.test(code));
  return part ? [{ path, line: part.line, message: "a block may not switch the compiler off" }] : [];
}

function scriptsOf(path: string, { code, line }: Block): Piece[] {
  return scriptsIn(code).map((script) => ({
    path,
    extension: "js",
    parts: [{ line: line + lineAt(code, script.index) - 1, code: script.code }],
  }));
}

function placed(path: string, { code, line }: Block, faults: ReturnType<typeof unknownStyles>): Problem[] {
  return faults.map(({ index, message }) => ({ path, line: line + lineAt(code, index) - 1, message }));
}

function componentOf(path: string, { code, language, line }: Block): Problem[] {
  const files = globSync(`examples/*/src/**/*.${language}`, { cwd: ROOT });
  if (files.some((file) => readFileSync(join(ROOT, file), "utf8").includes(code))) return [];
  return [{ path, line, message: `expected a piece of one of ${files.join(", ")}` }];
}
