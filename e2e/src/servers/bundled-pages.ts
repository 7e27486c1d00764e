import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";
import { serveFolder, startWebServer, type WebServer } from "./web-server.ts";

const source = fileURLToPath(new URL("../pages/", import.meta.url));

/** The pages in the folder `pages`. */
const bundledPages = ["close-reasons", "csp", "element", "sample", "sdk"] as const;

/** Names the folder that the pages of this run were bundled into. */
const FOLDER_VARIABLE = "CURFEW_E2E_PAGES";

/** Bundles all pages into `folder` with Vite, as an application would, for every worker of this run. */
export async function bundlePages(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: source,
    base: "./",
    logLevel: "error",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: { input: bundledPages.map((page) => `${source}${page}/index.html`) },
    },
  });
  process.env[FOLDER_VARIABLE] = folder;
}

/** Absolute path of the folder with the bundled pages. */
export function bundledPagesFolder(): string {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) throw new Error(`${FOLDER_VARIABLE} is not set: the pages are bundled by global-setup.ts`);
  return folder;
}

/** Serves the bundled pages on an origin of their own, each at its name: `${origin}/element/`. */
export function startBundledPages(): Promise<WebServer> {
  return startWebServer(serveFolder(bundledPagesFolder()));
}
