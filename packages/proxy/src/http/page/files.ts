import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
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

const compress = promisify(gzip);

/** One form of a file, with its entity tag: each is a representation of its own (RFC 9110, section 8.8.3.3). */
export interface Representation {
  readonly body: Buffer;
  readonly etag: string;
}

/** A file of the page, ready to be sent. */
export class PageFile implements Representation {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Whether its name changes with its content, as Vite names assets. */
  readonly immutable: boolean;
  /** Whether it becomes smaller by compression: text does, a typeface has it inside. */
  readonly compressible: boolean;
  #compressed: Promise<Representation> | undefined;

  constructor(body: Buffer, type: string, immutable: boolean) {
    this.body = body;
    this.type = type;
    this.etag = `"${sha256(body).toString("base64url").slice(0, 22)}"`;
    this.immutable = immutable;
    this.compressible = type !== TYPES[".woff2"];
  }

  /** Its gzip form, compressed once, off the main thread. All requests share it. */
  async compressed(): Promise<Representation> {
    this.#compressed ??= compress(this.body, { level: 9 }).then((body) => ({
      body,
      etag: this.etag.replace(/"$/, '-gzip"'),
    }));
    return await this.#compressed;
  }
}

/** The files of the page by their paths in a URL, such as `/assets/page.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the built page into memory, so that a request costs neither a descriptor nor a digest, and an upgrade of the
 * package does not mix two builds.
 *
 * @returns an empty map where the page is not built.
 */
export function loadPageFiles(): PageFiles {
  return new Map([...readFolder(""), ...readFolder("assets/")]);
}

function readFolder(folder: string): [string, PageFile][] {
  return fileNames(folder).flatMap((name) => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const body = readIfThere(PAGE + folder + name);
    return body === undefined ? [] : [[`/${folder}${name}`, new PageFile(body, type, folder !== "")]];
  });
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    // The page is being built anew.
    return undefined;
  }
}

function fileNames(folder: string): string[] {
  try {
    const entries = readdirSync(PAGE + folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}
