import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Client, type ConnectOptions } from "./client.ts";
import { resetSocket } from "./reset-socket.ts";
import type { Session } from "./session.ts";

const VERSION = Buffer.from("RFB 003.008\n");
/** One security type: None. */
const SECURITY_TYPES = Buffer.of(1, 1);
const SECURITY_RESULT = Buffer.alloc(4);
/** 640 × 480 pixels of 32 bits, without a name (RFC 6143, section 7.3.2). */
const SERVER_INIT = Buffer.from("028001e02018000100ff00ff00ff10080000000000000000", "hex");

/** A VNC server that completes the handshake and then does what the scenario says; it opens one session at a time. */
export class RfbTarget {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #accepted: (socket: Socket) => void = () => {};

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).once("close", () => this.#sockets.delete(socket));
      void serve(socket).then(() => this.#accepted(socket));
    });
  }

  static async listen(): Promise<RfbTarget> {
    const target = new RfbTarget();
    target.#server.listen({ port: 0, host: "127.0.0.1" });
    await once(target.#server, "listening");
    return target;
  }

  /** The address for the gateway. */
  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Opens a session through the gateway, with the handshake of both ends. */
  async open(options: ConnectOptions): Promise<Session> {
    const accepted = new Promise<Socket>((resolve) => {
      this.#accepted = resolve;
    });
    const client = await Client.open(options);
    const read = reader((take) => {
      client.onPayload = (bytes) => take(Buffer.from(bytes));
    });
    await read(VERSION.length);
    client.send(VERSION);
    await read(SECURITY_TYPES.length);
    client.send(Buffer.of(1));
    await read(SECURITY_RESULT.length);
    // Shared: others may be connected, too.
    client.send(Buffer.of(1));
    await read(SERVER_INIT.length);
    const target = await accepted;
    return { client, target };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) resetSocket(socket);
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function serve(socket: Socket): Promise<void> {
  const read = reader((take) => socket.on("data", take));
  socket.write(VERSION);
  await read(VERSION.length);
  socket.write(SECURITY_TYPES);
  await read(1);
  socket.write(SECURITY_RESULT);
  await read(1);
  socket.write(SERVER_INIT);
  socket.removeAllListeners("data");
}

/** Reads so many bytes at a time; the next ones when it has fulfilled. */
function reader(listen: (take: (bytes: Buffer) => void) => void): (length: number) => Promise<void> {
  let unread = 0;
  let wanted = 0;
  let resolve = (): void => {};
  const settle = (): void => {
    if (unread < wanted) return;
    unread -= wanted;
    wanted = 0;
    resolve();
  };
  listen((bytes) => {
    unread += bytes.length;
    settle();
  });
  return async (length) => {
    const { promise, resolve: done } = Promise.withResolvers<void>();
    wanted = length;
    resolve = done;
    settle();
    await promise;
  };
}
