import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { SUBPROTOCOL } from "@curfew/protocol";
import sirv from "sirv";
import { type WebSocket, WebSocketServer } from "ws";

const built = fileURLToPath(new URL("../../packages/proxy/page/", import.meta.url));

/** The strictest policy that the console page works under. */
const pageContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

const pagePaths = /^\/(?:vnc_lite\.html|vnc_auto\.html|vnc\.html|serial\.html|console\/)?$/;

/** A running server of the built console page, without a gateway behind it. */
export interface PageServer extends AsyncDisposable {
  readonly origin: string;
  /** Takes the page's WebSockets, which have chosen `curfew.v1`. */
  onWebSocket: ((socket: WebSocket, request: IncomingMessage) => void) | null;
}

/**
 * Serves the built console page under the paths and the policy that a gateway uses.
 *
 * @throws Error when the page has not been built
 */
export async function startPageServer(): Promise<PageServer> {
  if (!existsSync(`${built}index.html`)) throw new Error("the console page is not built; run `pnpm build:pages`");
  const page = readFileSync(`${built}index.html`);
  const assets = sirv(built, { dev: true });
  const server = createServer((request, response) => {
    response.setHeader("content-security-policy", pageContentSecurityPolicy);
    response.setHeader("referrer-policy", "no-referrer");
    const { pathname } = new URL(request.url ?? "/", "http://page");
    if (pagePaths.test(pathname)) {
      response.setHeader("content-type", "text/html; charset=utf-8").end(page);
      return;
    }
    request.url = pathname.replace(/^\/console\//, "/");
    assets(request, response, () => {
      response.writeHead(404).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the page server has no port");
  const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
  const running: PageServer = {
    origin: `http://127.0.0.1:${address.port}`,
    onWebSocket: null,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  sockets.on("connection", (socket, request) => {
    running.onWebSocket?.(socket, request);
  });
  return running;
}
