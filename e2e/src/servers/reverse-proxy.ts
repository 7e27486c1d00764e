import { once } from "node:events";
import { type IncomingMessage, request as send, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import { startWebServer, type WebServer } from "./web-server.ts";

export interface ReverseProxyOptions {
  /** The path prefix at which it offers the server; it removes the prefix. @defaultValue none */
  readonly prefix?: string;
  /** Whether it passes the client's `Host` on. @defaultValue true */
  readonly keepsHost?: boolean;
}

/** A reverse proxy in front of a web server, for requests and WebSockets. */
export async function startReverseProxy(
  origin: string,
  { prefix = "", keepsHost = true }: ReverseProxyOptions = {},
): Promise<WebServer> {
  const { host, hostname, port } = new URL(origin);
  const forwarded = ({ method, url = "/", headers }: IncomingMessage): RequestOptions | undefined =>
    url.startsWith(`${prefix}/`)
      ? { hostname, port, method, path: url.slice(prefix.length), headers: keepsHost ? headers : { ...headers, host } }
      : undefined;
  const web = await startWebServer((request, response) => {
    const options = forwarded(request);
    if (options === undefined) return void response.writeHead(404).end();
    const upstream = send(options, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    request.pipe(upstream);
    upstream.on("error", () => response.destroy());
  });
  const clients = new Set<Duplex>();
  web.server.on("upgrade", (request: IncomingMessage, client: Duplex) => {
    clients.add(client.once("close", () => clients.delete(client)));
    const options = forwarded(request);
    if (options === undefined) return void client.end("HTTP/1.1 404 Not Found\r\n\r\n");
    void relay(options, client).catch(() => client.destroy());
  });
  return {
    origin: web.origin,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await web[Symbol.asyncDispose]();
    },
  };
}

async function relay(options: RequestOptions, client: Duplex): Promise<void> {
  const upstream = send(options).end();
  const [answer, server, head] = (await once(upstream, "upgrade")) as [IncomingMessage, Duplex, Buffer];
  const headers = answer.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? `${name}: ${all[index + 1]}` : [],
  );
  client.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("\r\n")}\r\n\r\n`);
  client.write(head);
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}
