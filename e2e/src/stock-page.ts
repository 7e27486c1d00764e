import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { packageFolder } from "./package-folder.ts";

/** The packages as npm delivers them, by the first part of the path. */
const packages: Readonly<Record<string, string>> = {
  novnc: packageFolder("@novnc/novnc"),
  xterm: packageFolder("@xterm/xterm"),
  attach: packageFolder("@xterm/addon-attach"),
};

/** A page of one's own that imports unmodified noVNC and xterm.js; knows nothing of Curfew. */
export interface StockPage extends AsyncDisposable {
  readonly origin: string;
}

export async function startStockPage(): Promise<StockPage> {
  const server = createServer((request, response) => {
    const [, name = "", ...rest] = normalize(request.url ?? "/").split("/");
    const folder = packages[name];
    if (folder === undefined) {
      response
        .setHeader("content-type", "text/html")
        .end('<!doctype html><div id="screen" style="width: 640px; height: 480px">');
      return;
    }
    const file = join(folder, ...rest);
    readFile(file).then(
      (content) =>
        response.setHeader("content-type", file.endsWith(".css") ? "text/css" : "text/javascript").end(content),
      () => response.writeHead(404).end(),
    );
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
