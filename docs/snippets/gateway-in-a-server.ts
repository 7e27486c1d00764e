import { createConsoleProxy, type TokenSource } from "@curfew/proxy";
import { createServer } from "node:http";

const tokens: TokenSource = {
  async resolve(token) {
    const grant = await findGrant(token);
    return grant && { ...grant, tokenId: grant.id, type: "vnc", name: undefined };
  },
  async close() {},
};

const server = createServer((_request, response) => response.end("my own page"));
const proxy = createConsoleProxy({ tokens, config: { consoleauth: { enforce_session_timeout: true } } });
const detach = proxy.attach(server, "/consoles/");
server.listen(8080);

/** When the server stops: no new sessions; the running ones are told, and have five seconds. */
export async function stop(): Promise<void> {
  detach();
  await proxy.drain(5000);
  server.close();
}

/** Stands for the place where your system keeps who may see which machine, and until when. */
declare function findGrant(
  token: string,
): Promise<{ id: string; target: { host: string; port: number }; instance: string; expiresAt: number } | undefined>;
