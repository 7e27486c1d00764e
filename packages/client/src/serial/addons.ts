import type { SearchAddon } from "@xterm/addon-search";
import type { SerializeAddon } from "@xterm/addon-serialize";
import type { Unicode11Addon } from "@xterm/addon-unicode11";
import type { WebLinksAddon } from "@xterm/addon-web-links";
import type { WebglAddon } from "@xterm/addon-webgl";
import { ConsoleError } from "../errors.ts";

// Each import() stands in a `try` of its own: for bundlers, a package that is not installed is then
// a warning and no error.

/** Widths of characters as of Unicode 11. Null where the package is not installed. */
export async function loadUnicode11(): Promise<typeof Unicode11Addon | null> {
  try {
    return (await import("@xterm/addon-unicode11")).Unicode11Addon;
  } catch {
    return null;
  }
}

/** Null where the package is not installed. */
export async function loadWebLinks(): Promise<typeof WebLinksAddon | null> {
  try {
    return (await import("@xterm/addon-web-links")).WebLinksAddon;
  } catch {
    return null;
  }
}

/** Null where the package is not installed. */
export async function loadWebgl(): Promise<typeof WebglAddon | null> {
  try {
    return (await import("@xterm/addon-webgl")).WebglAddon;
  } catch {
    return null;
  }
}

/** Rejects with a {@link ConsoleError} `viewer_failed` where the package is not installed. */
export async function loadSearch(): Promise<typeof SearchAddon> {
  try {
    return (await import("@xterm/addon-search")).SearchAddon;
  } catch (cause) {
    throw missing("find()", "@xterm/addon-search", cause);
  }
}

/** Rejects with a {@link ConsoleError} `viewer_failed` where the package is not installed. */
export async function loadSerialize(): Promise<typeof SerializeAddon> {
  try {
    return (await import("@xterm/addon-serialize")).SerializeAddon;
  } catch (cause) {
    throw missing("serialize()", "@xterm/addon-serialize", cause);
  }
}

function missing(what: string, name: string, cause: unknown): ConsoleError {
  return new ConsoleError("viewer_failed", `${what} needs the package ${name}, which could not be loaded`, { cause });
}
