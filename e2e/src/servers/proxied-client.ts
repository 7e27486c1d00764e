import { once } from "node:events";
import { get, type RequestOptions } from "node:https";
import { type ClientOptions, WebSocket } from "ws";

/** The address that clients have here, which the proxies do not share. */
export const CLIENT_ADDRESS = "127.0.0.2";

/** `family`: without it, `localhost` may lead to an address that has no connection with this one. */
const CONNECTION = { localAddress: CLIENT_ADDRESS, family: 4, rejectUnauthorized: false } as const;

/** The status of an answer. */
export async function getStatus(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const options: RequestOptions = { ...CONNECTION, headers, agent: false };
  const request = get(url, options);
  const [response] = (await once(request, "response")) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode ?? 0;
}

/** A WebSocket as a program opens it. */
export class ProxiedClient implements Disposable {
  readonly socket: WebSocket;
  /** Resolves with the close frame, or the status of an answer that is no upgrade. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;

  constructor(url: string, token: string, headers: Readonly<Record<string, string>> = {}) {
    const options: ClientOptions = { ...CONNECTION, headers: { ...headers, Authorization: `Bearer ${token}` } };
    this.socket = new WebSocket(url.replace(/^http/u, "ws"), ["curfew.v1"], options);
    const { promise, resolve } = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
    this.closed = promise;
    this.socket.on("error", () => {});
    this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    this.socket.once("unexpected-response", (_, response) => {
      resolve({ code: response.statusCode ?? 0, reason: "" });
      this.socket.terminate();
    });
  }

  /** The first message, or the status of an answer that is no upgrade. */
  async hello(): Promise<string> {
    const message = Promise.withResolvers<string>();
    // Not `once` of node:events, which fails at an error: that comes before the connection counts as closed.
    this.socket.once("message", (data) => message.resolve((data as Buffer).toString()));
    return await Promise.race([message.promise, this.closed.then(({ code, reason }) => `${code} ${reason}`)]);
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
