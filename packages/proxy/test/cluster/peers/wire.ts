import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of connections: passed on, closed at once, or accepted and then left alone. */
export type WireState = "passes" | "refuses" | "hangs";

/** A TCP connection to a server, which a test can cut. Its address is known before the server listens. */
export class Wire implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: WireState = "passes";
  #target: URL | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket) => this.#take(socket));
  }

  static async open(): Promise<Wire> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Wire(server);
  }

  /** From now on, connections go there; undefined for nowhere. */
  leadTo(url: string | undefined): void {
    this.#target = url === undefined ? undefined : new URL(url);
  }

  /** Also cuts what is open, or leaves it standing. */
  set(state: WireState): void {
    this.#state = state;
    for (const socket of this.#sockets) {
      if (state === "hangs") socket.pause();
      else socket.destroy();
    }
  }

  #take(socket: Socket): void {
    this.#keep(socket);
    if (this.#state === "hangs") return;
    if (this.#state === "refuses" || this.#target === undefined) return void socket.destroy();
    const onward = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(onward);
    socket.pipe(onward).pipe(socket);
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
