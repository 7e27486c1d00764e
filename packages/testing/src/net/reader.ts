import type { Socket } from "node:net";

/** The connection ended while something was still to be read or written: normal, and never shown to users. */
export class ConnectionEnded extends Error {
  override readonly name = "ConnectionEnded";
  constructor() {
    super("the connection ended");
  }
}

/** More than this waits in TCP, not here: a client that sends to a stalled server must feel back-pressure. */
const MAX_BUFFERED = 256 * 1024;

/** What the client sends, read in exact lengths or as it comes. */
export class Reader {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #wanted = 0;
  #wake: (() => void) | undefined;
  #ended = false;
  #stopped = false;
  #draining = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      if (this.#draining) return;
      this.#chunks.push(chunk);
      this.#buffered += chunk.length;
      this.#regulate();
      this.#wake?.();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on("end", end);
    socket.on("close", end);
  }

  /** Stops taking anything from the socket. */
  stop(): void {
    this.#stopped = true;
    this.#regulate();
  }

  /** Undoes {@link stop}. */
  start(): void {
    this.#stopped = false;
    this.#regulate();
  }

  /** Throws away everything from here on, so that the client's FIN is seen behind it. */
  drain(): void {
    this.#draining = true;
    this.start();
  }

  /**
   * Exactly `length` bytes.
   * @throws ConnectionEnded when the client ends first
   */
  async read(length: number): Promise<Buffer> {
    await this.#until(length);
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#take(all.length === length ? [] : [all.subarray(length)]);
    return all.subarray(0, length);
  }

  /**
   * Whatever is there, at least one byte.
   * @throws ConnectionEnded when the client ends first
   */
  async readSome(): Promise<Buffer> {
    await this.#until(1);
    const all = Buffer.concat(this.#chunks);
    this.#take([]);
    return all;
  }

  async #until(length: number): Promise<void> {
    this.#wanted = length;
    this.#regulate();
    while (this.#buffered < length) {
      if (this.#ended) throw new ConnectionEnded();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#wanted = 0;
  }

  #take(rest: Buffer[]): void {
    this.#chunks = rest;
    this.#buffered = rest[0]?.length ?? 0;
    this.#regulate();
  }

  #regulate(): void {
    const full = !this.#draining && this.#buffered > MAX_BUFFERED && this.#buffered >= this.#wanted;
    if (this.#stopped || full) this.#socket.pause();
    else this.#socket.resume();
  }
}
