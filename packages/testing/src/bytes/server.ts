import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { expectInteger, type Fault } from "../faults/fault.ts";
import { SeededBytes } from "../faults/seeded-bytes.ts";
import { FakeConnection } from "../net/connection.ts";
import { ConnectionEnded } from "../net/reader.ts";
import { type ConnectionEvents, FakeServer, type FakeServerOptions } from "../net/server.ts";

/** Options of {@link startByteServer}. */
export interface ByteServerOptions extends FakeServerOptions<never> {
  /**
   * `echo` sends back what it receives; `sink` only receives; `source` sends seeded random bytes, then FIN.
   * All of them count and hash what they receive.
   */
  readonly mode: "echo" | "sink" | "source";
  /** How many bytes a source sends. @defaultValue 1 MiB */
  readonly bytes?: number;
  /** Which bytes a source sends; `seededHash(seed, bytes)` is their hash. @defaultValue 1 */
  readonly seed?: number;
}

const PIECE = 65_536;

/** One client of a byte server. */
export class ByteConnection extends FakeConnection<never> {
  readonly #options: ByteServerOptions;
  readonly #hash = createHash("sha256");
  readonly #noise: SeededBytes;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault[], options: ByteServerOptions) {
    super(socket, number, faults);
    this.#options = options;
    this.#noise = new SeededBytes(options.seed ?? 1);
  }

  /** SHA-256, in hex, of everything received so far. */
  get receivedHash(): string {
    return this.#hash.copy().digest("hex");
  }

  /** @internal */
  protected override async serve(): Promise<void> {
    await Promise.all([this.#receive(), this.#options.mode === "source" ? this.#send() : undefined]);
  }

  /** @internal */
  protected override flood(): Uint8Array {
    return this.#noise.next(PIECE);
  }

  async #receive(): Promise<void> {
    for (;;) {
      const bytes = await this.reader.readSome();
      this.#hash.update(bytes);
      // Waiting for each echo to be sent is what makes the client feel back-pressure.
      if (this.#options.mode === "echo") await this.output.write(bytes);
    }
  }

  async #send(): Promise<void> {
    const noise = new SeededBytes(this.#options.seed ?? 1);
    for (let left = this.#options.bytes ?? 2 ** 20; left > 0; left -= PIECE) {
      await this.output.write(noise.next(Math.min(left, PIECE)));
    }
    this.end();
    throw new ConnectionEnded();
  }
}

/** A server of plain bytes, for tests of a relay. */
export class ByteServer extends FakeServer<never, ByteConnection, ConnectionEvents> {
  readonly #options: ByteServerOptions;

  private constructor(options: ByteServerOptions) {
    super(options, []);
    expectInteger("bytes", options.bytes ?? 0, 0);
    expectInteger("seed", options.seed ?? 0, 0, 2 ** 32 - 1);
    if (!["echo", "sink", "source"].includes(options.mode)) {
      throw new RangeError(`mode is ${JSON.stringify(options.mode)}; expected echo, sink or source`);
    }
    this.#options = options;
  }

  /** @internal Use {@link startByteServer}. */
  static start(options: ByteServerOptions): Promise<ByteServer> {
    return new ByteServer(options).start();
  }

  /** @internal */
  protected override connect(socket: Socket, number: number, faults: readonly Fault[]): ByteConnection {
    return new ByteConnection(socket, number, faults, this.#options);
  }
}

/**
 * Starts a byte server.
 * @throws RangeError for an option outside its range; or the error of `listen`, such as EADDRINUSE
 */
export function startByteServer(options: ByteServerOptions): Promise<ByteServer> {
  return ByteServer.start(options);
}
