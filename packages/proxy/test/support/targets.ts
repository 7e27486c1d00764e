import * as testing from "@curfew/testing";
import type { Socket } from "node:net";
import { listen } from "./endpoint-server.ts";
import { targetTransport } from "./transport.ts";

/** A fake server that can serve connections which were accepted elsewhere. */
interface Servant extends AsyncDisposable {
  welcome(socket: Socket): void;
}

/** As `startByteServer`, reached over the transport of the test file. */
export async function startByteServer(options: testing.ByteServerOptions): Promise<testing.ByteServer> {
  return await overTransport(await testing.startByteServer(options));
}

/** As `startFakeVnc`, reached over the transport of the test file. */
export async function startFakeVnc(options: testing.FakeVncOptions = {}): Promise<testing.FakeVncServer> {
  return await overTransport(await testing.startFakeVnc(options));
}

/** Gives a server the address of another listener, which hands its connections over. */
async function overTransport<Server extends Servant>(server: Server): Promise<Server> {
  const transport = targetTransport();
  if (transport.type === "tcp") return server;
  const listener = await listen(transport, (socket) => {
    // Only TCP can be reset.
    server.welcome(Object.assign(socket, { resetAndDestroy: () => socket.destroy() }));
  });
  const close = server[Symbol.asyncDispose].bind(server);
  return Object.defineProperties(server, {
    address: { value: listener.address },
    [Symbol.asyncDispose]: {
      value: async () => {
        await close();
        await listener[Symbol.asyncDispose]();
      },
    },
  });
}
