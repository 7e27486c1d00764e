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

/** A page of one's own with a custom element, bundled with Vite as its readers would. */
export interface ElementPage extends AsyncDisposable {
  readonly origin: string;
}

export async function startElementPage(): Promise<ElementPage> {
  const files = await bundle();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const content = files.get(name);
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", types[extname(name)] ?? "application/octet-stream").end(content);
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
async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { output } = (await build({
    configFile: false,
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: { write: false, chunkSizeWarningLimit: 1000 },
  })) as Rollup.RollupOutput;
  return new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
}
