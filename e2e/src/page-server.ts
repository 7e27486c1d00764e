import { SUBPROTOCOL } from "@curfew/protocol";
import { type ConfigInput, createGateway } from "@curfew/proxy";
import { type SocketServer, startSocketServer } from "./web-server.ts";

/**
 * Starts the console page as a gateway serves it, headers included, with a test in the place of the sessions. Its
 * WebSockets have chosen `curfew.v1`.
 *
 * @param console the gateway's options of that name
 */
export async function startPageServer(console: ConfigInput["console"] = {}): Promise<SocketServer> {
  const gateway = createGateway({ config: { console, tokens: { path: ":memory:" }, log: { level: "silent" } } });
  const server = await startSocketServer(gateway.handleRequest, () => SUBPROTOCOL);
  const stop = server[Symbol.asyncDispose].bind(server);
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      await stop();
      await gateway.close();
    },
  });
}
