import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { build, defaultClientConditions, type Rolldown } from "vite";
import { type WebSocket, WebSocketServer } from "ws";

/** A page of one's own with the SDK in it, built as an application builds it, and a test in the gateway's place. */
export interface SdkPage extends AsyncDisposable {
  readonly origin: string;
  /** Where the SDK connects; any path and query may follow. */
  readonly socketUrl: string;
  /** Takes the page's WebSockets, which have chosen `curfew.v1` where they offered it. */
  onWebSocket: ((socket: WebSocket, request: IncomingMessage) => void) | null;
}

const html = `<!doctype html>
<meta charset="utf-8"><title>SDK</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/xterm.css">
<div id="screen" style="width: 640px; height: 480px"></div>
<script type="module" src="/main.js"></script>`;

export async function startSdkPage(): Promise<SdkPage> {
  const files = await bundle();
  files.set("/", { type: "text/html", content: html });
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://page").pathname);
    if (file) response.setHeader("content-type", file.type).end(file.content);
    else response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : FALLBACK_SUBPROTOCOL),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const page: SdkPage = {
    origin: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/socket`,
    onWebSocket: null,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  sockets.on("connection", (socket, request) => page.onWebSocket?.(socket, request));
  return page;
}

interface ServedFile {
  readonly type: string;
  readonly content: string;
}

/** The SDK and the viewers, from source, as an application's bundler serves them. */
async function bundle(): Promise<Map<string, ServedFile>> {
  const built = (await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      write: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: fileURLToPath(new URL("main.ts", import.meta.url)),
        output: { entryFileNames: "main.js", chunkFileNames: "[name].js" },
      },
    },
  })) as Rolldown.RolldownOutput;
  const files = new Map<string, ServedFile>();
  for (const file of built.output) {
    if (file.type === "chunk") files.set(`/${file.fileName}`, { type: "text/javascript", content: file.code });
  }
  const styles = await readFile(new URL(import.meta.resolve("@xterm/xterm/css/xterm.css")), "utf8");
  return files.set("/xterm.css", { type: "text/css", content: styles });
}
