import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** A web server on this machine, on any free port. */
export interface WebServer extends AsyncDisposable {
  readonly origin: string;
}

/** A web server in this process. */
export interface LocalWebServer extends WebServer {
  /** For a fake gateway that takes the page's WebSockets. */
  readonly server: Server;
}

export async function startWebServer(answer: RequestListener): Promise<LocalWebServer> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The content types of files by their extension. */
export const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
};

export type Content = string | Uint8Array;

/**
 * Serves files, with additional `headers`.
 *
 * @param read - returns the content of a path such as `/index.html`, or undefined if there is none
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
      const type = contentTypes[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "content-type": type }).end(content);
    }
  };
  return (request, response) => void answer(request.url ?? "/", response);
}

/** Serves the files of a folder. */
export function serveFolder(folder: string): RequestListener {
  return serveFiles((path) => readIn(folder, path));
}

/** The file at a path inside of `folder`; undefined if there is none. */
export async function readIn(folder: string, path: string): Promise<Content | undefined> {
  try {
    return await readFile(join(folder, normalize(path)));
  } catch {
    return undefined;
  }
}
