import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";

/** A web server on this machine, on any free port. */
export interface WebServer extends AsyncDisposable {
  readonly origin: string;
}

/** A web server with a test in the place of what its WebSockets lead to. */
export interface SocketServer extends WebServer {
  /** Takes WebSockets; without it they are turned away with a plain answer, as by a proxy that knows none. */
  onWebSocket: ((socket: WebSocket, request: IncomingMessage) => void) | null;
}

export function startWebServer(answer: RequestListener): Promise<WebServer> {
  return listen(createServer(answer));
}

/** @param subprotocol chooses of those that a page offers */
export async function startSocketServer(
  answer: RequestListener,
  subprotocol: (offered: ReadonlySet<string>) => string,
): Promise<SocketServer> {
  const server = createServer(answer);
  const sockets = new WebSocketServer({
    server,
    handleProtocols: subprotocol,
    verifyClient: () => running.onWebSocket !== null,
  });
  const web = await listen(server);
  const running: SocketServer = {
    origin: web.origin,
    onWebSocket: null,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await web[Symbol.asyncDispose]();
    },
  };
  sockets.on("connection", (socket, request) => running.onWebSocket?.(socket, request));
  return running;
}

async function listen(server: Server): Promise<WebServer> {
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

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
};

export type Content = string | Uint8Array;

/**
 * Answers with files, and with `headers` besides their own.
 *
 * @param read the content of a path, such as `/index.html`; undefined where there is none
 */
export function serveFiles(
  read: (path: string) => Content | undefined | Promise<Content | undefined>,
  headers: Readonly<Record<string, string>> = {},
): RequestListener {
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(url, "http://page");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const content = await read(path);
    if (content === undefined) response.writeHead(404).end();
    else {
      const type = types[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "content-type": type }).end(content);
    }
  };
  return (request, response) => void answer(request.url ?? "/", response);
}

/** {@link serveFiles} with those of a folder. */
export function serveFolder(folder: string, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return serveFiles((path) => readIn(folder, path), headers);
}

/** The file at a path inside of `folder`; undefined where there is none. */
export async function readIn(folder: string, path: string): Promise<Content | undefined> {
  try {
    return await readFile(join(folder, normalize(path)));
  } catch {
    return undefined;
  }
}
