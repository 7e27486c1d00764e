import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ByteQueue } from "./byte-queue.ts";

/** A connection of the proxy to a console. */
export class TargetConnection {
  /** What the proxy has sent. */
  input: ByteQueue;
  /** When the proxy's end was noticed, in milliseconds since the epoch. */
  readonly ended: Promise<number>;
  readonly socket: Socket;
  #stream: Duplex;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#stream = socket;
    this.input = readInto(socket);
    this.ended = new Promise((resolve) => {
      for (const event of ["end", "error", "close"]) socket.once(event, () => resolve(Date.now()));
    });
    socket.setNoDelay(true);
  }

  write(bytes: Uint8Array | string): void {
    this.#stream.write(bytes);
  }

  /** Sends FIN behind what was written. */
  end(): void {
    this.#stream.end();
  }

  /** Goes on over another connection, such as TLS over this one. */
  replace(wrap: (socket: Socket) => Duplex): void {
    this.socket.removeAllListeners("data");
    this.#stream = wrap(this.socket);
    this.input = readInto(this.#stream);
  }
}

/** The server of a console, which does as a check says. */
export class Target {
  /** How often it was connected to. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Fulfils when it is connected to for the first time. */
  readonly accepted: Promise<void>;
  readonly #first = Promise.withResolvers<TargetConnection>();

  private constructor(serve: (connection: TargetConnection) => Promise<void>) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.accepted = promise;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      resolve();
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("end", () => socket.end());
      this.connections += 1;
      const connection = new TargetConnection(socket);
      // A proxy that does not do its part fails the check on the client's side.
      void serve(connection)
        .catch(() => {})
        .then(() => this.#first.resolve(connection));
    });
  }

  /** @param serve - what it does first with each connection. */
  static async listen(host: string, serve: (connection: TargetConnection) => Promise<void>): Promise<Target> {
    const target = new Target(serve);
    target.#server.listen(0, host);
    await once(target.#server, "listening");
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The first connection, once it was served. */
  async connection(): Promise<TargetConnection> {
    return await this.#first.promise;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function readInto(stream: Duplex): ByteQueue {
  const queue = new ByteQueue();
  stream.on("data", (bytes: Buffer) => queue.push(bytes));
  for (const event of ["end", "error", "close"]) stream.on(event, () => queue.end());
  return queue;
}
