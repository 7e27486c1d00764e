import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay that keeps everything for a while: a long line, where the kernel cannot delay packets. */
export class SlowRelay implements AsyncDisposable {
  /** By how many milliseconds it delays in each direction. */
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(host: string, port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, host);
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  /** @param host - where it listens, and the server behind it, too. */
  static async listen(host: string, port: number): Promise<SlowRelay> {
    const relay = new SlowRelay(host, port);
    relay.#server.listen(0, host);
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (bytes: Buffer) => setTimeout(() => to.write(bytes), this.delayMs));
    from.on("error", () => {});
    from.on("close", () => {
      this.#sockets.delete(from);
      setTimeout(() => to.destroy(), this.delayMs);
    });
  }
}
