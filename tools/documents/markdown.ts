import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../root.ts";

/** A Markdown file of this repository. */
export interface Document {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface Block {
  /** The first word behind the fence, in lower case; "" without one. */
  readonly language: string;
  readonly code: string;
  /** Of the code's first line in the document, from 1. */
  readonly line: number;
  /** The declarations in an HTML comment right before the block, if that begins with the block's language. */
  readonly context: { readonly code: string; readonly line: number } | null;
}

const FENCE = /^( *)(`{3,}|~{3,})([^\n`]*)\n(.*?)^ *\2[`~]* *$/gms;
/** Names of folders that are not in the repository. `bench` is one at the root only. */
const GENERATED = new Set(["node_modules", "dist", ".cache", "artifacts", "test-results", "page", ".git"]);

/** Every Markdown file that is written by hand. */
export function readDocuments(): Document[] {
  const exclude = (path: string): boolean => path === "bench" || GENERATED.has(basename(path));
  const paths = globSync(["**/*.md", ".changeset/*.md"], { cwd: ROOT, exclude }).filter(
    // `npx pnpm@12 api` generates these from the declarations.
    (path) => !path.endsWith(".api.md") && !path.startsWith("docs/api/"),
  );
  return paths.toSorted().map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** The fenced blocks of a document, in order. */
export function blocksIn(text: string): Block[] {
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = "", , info = "", code = ""] = match;
    const language = info.trim().split(/\s/)[0]?.toLowerCase() ?? "";
    return {
      language,
      code: code.replaceAll(new RegExp(`^ {0,${indent.length}}`, "gm"), ""),
      line: lineAt(text, match.index) + 1,
      context: contextBefore(text.slice(0, match.index), language),
    };
  });
}

/** The number of the line in which `index` is, from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function contextBefore(before: string, language: string): Block["context"] {
  const start = before.lastIndexOf("<!--");
  const [, named, code = ""] = /^<!-- (\w+)\n([^]*)-->\n+$/.exec(start < 0 ? "" : before.slice(start)) ?? [];
  return named === language && language !== "" ? { code, line: lineAt(before, start) + 1 } : null;
}
