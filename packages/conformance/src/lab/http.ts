import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

/** An answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** What is asked for. */
export interface HttpRequest {
  readonly method?: string;
  /** As it is sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request to the proxy, as it is. An upgrade's answer is 101; its connection is closed. */
export async function ask(url: URL, { method = "GET", path, headers = {} }: HttpRequest): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const sent = request({ host, port: url.port, method, path, headers: { Host: url.host, ...headers }, agent: false });
  sent.on("response", (response) => {
    response.resume();
    resolve({ status: response.statusCode ?? 0, headers: response.headers });
  });
  sent.on("upgrade", (response, socket) => {
    socket.destroy();
    resolve({ status: response.statusCode ?? 0, headers: response.headers });
  });
  sent.on("error", reject).end();
  return await promise;
}

/** The headers of an upgrade (RFC 6455, section 4.1). */
export const UPGRADE: Readonly<Record<string, string>> = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};
