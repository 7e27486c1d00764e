import type { SearchAddon } from "@xterm/addon-search";
import type { SerializeAddon } from "@xterm/addon-serialize";
import type { Unicode11Addon } from "@xterm/addon-unicode11";
import type { WebLinksAddon } from "@xterm/addon-web-links";
import type { WebglAddon } from "@xterm/addon-webgl";
import { ConsoleError } from "../../connection/model/errors.ts";

// Each import() is in a `try` of its own: for a package that is not installed, bundlers then print a
// warning instead of failing.

/** Character widths of Unicode 11; undefined if the package is not installed. */
export async function loadUnicode11(): Promise<typeof Unicode11Addon | undefined> {
  try {
    return (await import("@xterm/addon-unicode11")).Unicode11Addon;
  } catch {
    return undefined;
  }
}

/** Undefined if the package is not installed. */
export async function loadWebLinks(): Promise<typeof WebLinksAddon | undefined> {
  try {
    return (await import("@xterm/addon-web-links")).WebLinksAddon;
  } catch {
    return undefined;
  }
}

/** Undefined if the package is not installed. */
export async function loadWebgl(): Promise<typeof WebglAddon | undefined> {
  try {
    return (await import("@xterm/addon-webgl")).WebglAddon;
  } catch {
    return undefined;
  }
}

/** Rejects with a {@link ConsoleError} `viewer_failed` if the package is not installed. */
export async function loadSearch(): Promise<typeof SearchAddon> {
  try {
    return (await import("@xterm/addon-search")).SearchAddon;
  } catch (cause) {
    throw missing("find()", "@xterm/addon-search", cause);
  }
}

/** Rejects with a {@link ConsoleError} `viewer_failed` if the package is not installed. */
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
