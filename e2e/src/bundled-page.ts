import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions, type Rollup } from "vite";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
};

/** A page of one's own with the SDK in it, on an origin of its own, bundled with Vite as its readers would. */
export interface BundledPage extends AsyncDisposable {
  readonly origin: string;
}

/** Bundles and serves one of the pages in the folder `pages`. */
export async function startBundledPage(name: "element" | "ends" | "sdk"): Promise<BundledPage> {
  const files = await bundle(fileURLToPath(new URL(`pages/${name}/`, import.meta.url)));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const file = pathname === "/" ? "index.html" : pathname.slice(1);
    const content = files.get(file);
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
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
