import type { IncomingMessage, ServerResponse } from "node:http";
import { startWebServer, type WebServer } from "./web-server.ts";

/** A back end that issues new tokens to console pages: POST `/renew` returns `{ "token": … }`. */
export interface RenewalServer extends WebServer {
  /** Where the page asks, for the link's `renew` parameter. */
  readonly url: string;
  /** Issues the token for the next requests; undefined refuses them. */
  issue: (() => Promise<string>) | undefined;
}

export async function startRenewalServer(): Promise<RenewalServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "null");
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", "content-type, accept");
    const token = request.method === "POST" ? await renewal.issue?.() : undefined;
    if (token !== undefined) response.setHeader("content-type", "application/json").end(JSON.stringify({ token }));
    else response.writeHead(request.method === "OPTIONS" ? 204 : 403).end();
  };
  const server = await startWebServer((request, response) => void answer(request, response));
  const renewal: RenewalServer = Object.assign(server, { url: `${server.origin}/renew`, issue: undefined });
  return renewal;
}

/** The console's address with the address at which it can be renewed. */
export function renewableUrl(url: string, renewal: RenewalServer): string {
  const address = new URL(url);
  address.searchParams.set("renew", renewal.url);
  return address.href;
}
