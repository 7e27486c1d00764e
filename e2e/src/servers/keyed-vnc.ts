import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A VNC server whose only security type is RA2ne (6): it shows its key, and is silent after the client's. */
export interface KeyedVnc extends AsyncDisposable {
  readonly address: string;
  /** Resolves when a client has gone on with its own key. */
  readonly trusted: Promise<void>;
}

export async function startKeyedVnc(): Promise<KeyedVnc> {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  const number = (text: string | undefined): Buffer => {
    const bytes = Buffer.from(text ?? "", "base64url");
    return Buffer.concat([Buffer.alloc(256 - bytes.length), bytes]);
  };
  const publicKey = Buffer.concat([Buffer.from([0, 0, 8, 0]), number(key.n), number(key.e)]);
  const { promise: trusted, resolve } = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    // The client's version (12 bytes), its choice (1 byte), its key.
    const replies = [Buffer.from([1, 6]), publicKey];
    socket.on("data", () => {
      const reply = replies.shift();
      if (reply === undefined) resolve();
      else socket.write(reply);
    });
    socket.write("RFB 003.008\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    trusted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
