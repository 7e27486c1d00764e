import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SUBPROTOCOL } from "@curfew/protocol";
import { type ConfigInput, createConsoleProxy } from "@curfew/proxy";
import { type WebSocket, WebSocketServer } from "ws";

/** The console page as a gateway serves it, headers included, with a test in the place of the sessions. */
export interface PageServer extends AsyncDisposable {
  readonly origin: string;
  /** Turns WebSockets away with a plain answer, as a proxy does that knows none. */
  refusesWebSockets: boolean;
  /** Takes the page's WebSockets, which have chosen `curfew.v1`. */
  onWebSocket: ((socket: WebSocket, request: IncomingMessage) => void) | null;
}

/** @param console the gateway's options of that name */
export async function startPageServer(console: ConfigInput["console"] = {}): Promise<PageServer> {
  const gateway = createConsoleProxy({ config: { console, tokens: { path: ":memory:" }, log: { level: "silent" } } });
  const server = createServer(gateway.handleRequest);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new WebSocketServer({
    server,
    handleProtocols: () => SUBPROTOCOL,
    verifyClient: () => !running.refusesWebSockets,
  });
  const running: PageServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusesWebSockets: false,
    onWebSocket: null,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await gateway.close();
    },
  };
  sockets.on("connection", (socket, request) => running.onWebSocket?.(socket, request));
  return running;
}
