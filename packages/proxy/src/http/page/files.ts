import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../../sha256.ts";

/** The built console page, beside this package's sources and its compiled code. */
const PAGE = fileURLToPath(new URL("../../../page/", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Whether its name changes with its content, as Vite names assets. */
  readonly immutable: boolean;
  /** Whether it becomes smaller by compression: text does, a typeface has it inside. */
  readonly compressible: boolean;
}

/**
 * Reads a file of the built page. Files are few, small and cached by browsers, so each is read whole when
 * it is asked for: a page that is built anew while the gateway runs is served as it now is.
 *
 * @param path - as in the URL. Only plain names at the top and below `/assets/` are looked for.
 * @returns undefined when there is no such file.
 */
export async function readPageFile(path: string): Promise<PageFile | undefined> {
  const match = /^\/(?<folder>assets\/)?(?<name>\w[\w.-]*)$/.exec(path);
  const type = TYPES[extname(path)];
  if (match === null || type === undefined) return undefined;
  const body = await readFile(join(PAGE, path)).catch(() => undefined);
  if (body === undefined) return undefined;
  const etag = `"${sha256(body).toString("base64url").slice(0, 22)}"`;
  return {
    body,
    type,
    etag,
    immutable: match.groups?.["folder"] !== undefined,
    compressible: type !== TYPES[".woff2"],
  };
}
