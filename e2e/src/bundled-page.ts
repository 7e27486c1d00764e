import { fileURLToPath } from "node:url";
import { build, defaultClientConditions, type Rollup } from "vite";
import { serveFiles, startWebServer, type WebServer } from "./web-server.ts";

/** Serves one of the pages in the folder `pages` on an origin of its own, bundled with Vite as its readers would. */
export async function startBundledPage(name: "element" | "ends"): Promise<WebServer> {
  const files = await bundle(fileURLToPath(new URL(`pages/${name}/`, import.meta.url)));
  return startWebServer(serveFiles((path) => files.get(path.slice(1))));
}

/** The page's files by name. */
async function bundle(root: string): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { output } = (await build({
    configFile: false,
    root,
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: { write: false, chunkSizeWarningLimit: 1000 },
  })) as Rollup.RollupOutput;
  return new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
}
