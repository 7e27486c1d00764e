import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";

/** What the page can show. */
export const kinds = ["vnc", "curfew-vnc", "serial", "webgl", "curfew-serial"] as const;

export type Kind = (typeof kinds)[number];

/** Those with a picture; the others show text. */
export const vncKinds: ReadonlySet<Kind> = new Set(["vnc", "curfew-vnc"]);

/** A page with any kind of console, built with Vite as its readers would. */
export interface BuiltPage extends AsyncDisposable {
  /** Absolute path of the folder to serve. */
  readonly folder: string;
}

export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-csp-"));
  await build({
    configFile: false,
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 1000 },
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
