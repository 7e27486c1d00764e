import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Length of the session number at the start of a connection. */
export const NUMBER_BYTES = 4;

/** The target's response to the session number; it stands for the first output of a console. */
export const ACKNOWLEDGEMENT: Buffer = Buffer.from([0x2e]);

/** The console that proxies dial. A session's first bytes are its number, which connects its two ends in the generator. */
export class Target {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #expected = new Map<number, (socket: Socket) => void>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  static async listen(): Promise<Target> {
    const target = new Target();
    target.#server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
    await once(target.#server, "listening");
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Waits for the target's socket of the session with that number. */
  async session(number: number): Promise<Socket> {
    const { promise, resolve } = Promise.withResolvers<Socket>();
    this.#expected.set(number, resolve);
    return await promise;
  }

  /** Resets the connections of all remaining sessions, which leaves none of them in TIME_WAIT. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#expected.clear();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", ignore).once("close", () => this.#sockets.delete(socket));
    let first = Buffer.alloc(0);
    const identify = (bytes: Buffer): void => {
      first = Buffer.concat([first, bytes]);
      if (first.length < NUMBER_BYTES) return;
      socket.off("data", identify);
      const number = first.readUInt32BE(0);
      const resolve = this.#expected.get(number);
      this.#expected.delete(number);
      socket.write(ACKNOWLEDGEMENT);
      resolve?.(socket);
    };
    socket.on("data", identify);
  }
}

function ignore(): void {}
