import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CACHE, ROOT } from "../root.ts";

/** A piece of code from a document. */
export interface Piece {
  /** The document's, from the repository's root. */
  readonly path: string;
  readonly extension: "ts" | "tsx" | "js" | "jsx";
  /** Stretches of the document, in order: each has its own lines there. */
  readonly parts: readonly { readonly line: number; readonly code: string }[];
}

/** An error in a document. */
export interface Problem {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const COMPILER_OPTIONS = {
  target: "es2024",
  lib: ["es2024", "esnext.disposable", "dom", "dom.iterable"],
  module: "esnext",
  moduleResolution: "bundler",
  moduleDetection: "force",
  customConditions: ["@curfew/source"],
  types: ["node"],
  jsx: "react-jsx",
  allowJs: true,
  checkJs: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

/**
 * Checks the types of all pieces, each as a module of its own, in a project with the packages that
 * `docs/package.json` names: what a reader has installed.
 */
export function compile(pieces: readonly Piece[]): Problem[] {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "snippets-"));
  try {
    symlinkSync(join(ROOT, "docs/node_modules"), join(folder, "node_modules"));
    const names = pieces.map((piece, number) => write(folder, piece, number));
    writeFileSync(join(folder, "styles.d.ts"), 'declare module "@xterm/xterm/css/xterm.css";');
    const viewers = ["vnc/novnc.d.ts", "spice/spice-html5.d.ts"];
    const ambient = [...viewers.map((file) => join(ROOT, "packages/client/src/views", file)), "styles.d.ts"];
    const config = { compilerOptions: COMPILER_OPTIONS, files: [...names, ...ambient] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    return problemsOf(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a piece so that its lines are those of the document. */
function write(folder: string, { path, extension, parts }: Piece, number: number): string {
  let text = "";
  for (const { line, code } of parts) text += "\n".repeat(line - text.split("\n").length) + code;
  const name = `${path}.${number}.${extension}`;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

function problemsOf(folder: string): Problem[] {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", ".", "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  const found = [...stdout.matchAll(/^(\S[^\n]*?)\((\d+),\d+\): error (TS\d+: [^\n]*)/gm)];
  if (status !== 0 && found.length === 0) throw new Error(`tsc ended with status ${status}: ${stdout}${stderr}`);
  return found.map(([, file = "", line, message = ""]) => ({
    path: file.replace(/\.\d+\.\w+$/, ""),
    line: Number(line),
    message,
  }));
}
