import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A back end of one's own that hands out new tokens to console pages: POST `/renew` answers `{ "token": … }`. */
export interface RenewalServer extends AsyncDisposable {
  /** Where the page asks, for the link's `renew` parameter. */
  readonly url: string;
  readonly origin: string;
  /** What the next requests are answered with. */
  issue: (() => Promise<string>) | undefined;
}

export async function startRenewalServer(): Promise<RenewalServer> {
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "null");
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", "content-type, accept");
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = request.method === "POST" ? await renewal.issue?.() : undefined;
    if (token !== undefined) response.setHeader("content-type", "application/json").end(JSON.stringify({ token }));
    else response.writeHead(request.method === "OPTIONS" ? 204 : 403).end();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const renewal: RenewalServer = {
    origin,
    url: `${origin}/renew`,
    issue: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return renewal;
}

/** The console's address with the place where it can be renewed. */
export function renewableUrl(url: string, renewal: RenewalServer): string {
  const address = new URL(url);
  address.searchParams.set("renew", renewal.url);
  return address.href;
}
