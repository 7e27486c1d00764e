import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP client that keeps what it receives, piece by piece. */
export class TcpClient {
  readonly socket: Socket;
  readonly pieces: Buffer[] = [];
  /** How the connection ended, as this side saw it. */
  readonly ended: Promise<"fin" | "reset">;
  #changed: () => void = () => {};
  #over = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (piece: Buffer) => {
      this.pieces.push(piece);
      this.#changed();
    });
    this.ended = new Promise((resolve) => {
      socket.on("end", () => resolve("fin"));
      socket.on("error", () => resolve("reset"));
      socket.on("close", () => {
        this.#over = true;
        this.#changed();
      });
    });
  }

  static async connect(port: number): Promise<TcpClient> {
    const socket = connect(port, "127.0.0.1");
    const client = new TcpClient(socket);
    await once(socket, "connect");
    return client;
  }

  get received(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.received.toString();
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Waits until everything received satisfies the condition; fails if the connection ends before. */
  async until(condition: (received: Buffer) => boolean): Promise<void> {
    while (!condition(this.received)) {
      if (this.#over) throw new Error(`the connection ended with ${JSON.stringify(this.text.slice(-200))}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  untilText(text: string): Promise<void> {
    return this.until((received) => received.includes(text));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
