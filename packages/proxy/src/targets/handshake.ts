import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { EndError } from "../end-reason.ts";
import { readChunks, type ReadMemory, type TargetReader } from "./reader.ts";
import type { Stage, StageTarget } from "./stage.ts";

/** How much the stages of one target may read, in bytes. */
const MAX_BYTES = 64 * 1024;

/** Bytes of one read of a plain socket while stages run. */
const READ_BYTES = 4 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Runs stages on a target. Until {@link Handshake.start} the target is read only while a stage waits for bytes, one
 * read at a time; from then on what is read goes to the relay.
 */
export class Handshake implements TargetReader, StageTarget {
  /** The connection that was dialed. */
  readonly socket: Socket;
  readonly onread: ReadMemory;
  readonly #stages: readonly Stage[];
  #connection: Duplex;
  /** What the stages read into, and the relay's first read too: Node asks for the memory before it reads. */
  #memory: Buffer = Buffer.allocUnsafe(READ_BYTES);
  /** What was read and no stage has asked for yet. */
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #bytes = 0;
  #ended = false;
  /** Why it ended, if not in an orderly way. */
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  #relay: TargetReader | undefined;

  /** @param connect - makes a socket that reads into the given memory. */
  constructor(stages: readonly Stage[], connect: (onread: ReadMemory) => Socket) {
    this.#stages = stages;
    this.onread = {
      buffer: () => this.#relay?.onread.buffer() ?? this.#memory,
      callback: (length, memory) => {
        const relay = this.#relay;
        if (relay === undefined) return this.take(Buffer.from(this.#memory.subarray(0, length)));
        if (memory !== this.#memory) return relay.onread.callback(length, memory);
        // It was the last read into this memory, which the session need not keep.
        this.#memory = NOTHING;
        return relay.take(Buffer.from(memory.buffer, memory.byteOffset, length));
      },
    };
    this.socket = connect(this.onread);
    this.#connection = this.#watch(this.socket);
  }

  /** What the stages have made of the socket, or the socket itself. */
  get connection(): Duplex {
    return this.#connection;
  }

  /** What the connection failed with. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Runs the stages, one after the other. */
  async run(): Promise<void> {
    for (const stage of this.#stages) await stage(this);
  }

  /** From now on everything goes to `relay`, first what the stages left unread. */
  start(relay: TargetReader): void {
    this.#relay = relay;
    const unread = this.#takeUnread(this.#unreadBytes);
    if (unread.length === 0 || relay.take(unread)) this.#connection.resume();
  }

  take(chunk: Buffer): boolean {
    if (this.#relay !== undefined) return this.#relay.take(chunk);
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    this.#wake?.();
    return false;
  }

  async read(length: number): Promise<Buffer> {
    this.#count(length);
    while (this.#unreadBytes < length) await this.#readMore();
    return this.#takeUnread(length);
  }

  async readThrough(end: string, limit: number): Promise<Buffer> {
    for (;;) {
      const unread = Buffer.concat(this.#unread);
      this.#unread = [unread];
      const length = unread.indexOf(end) + end.length;
      if (length >= end.length && length <= limit) {
        this.#count(length);
        return this.#takeUnread(length);
      }
      if (unread.length >= limit) {
        throw new EndError("target_unreachable", `the target's answer exceeds ${limit} bytes`);
      }
      await this.#readMore();
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MAX_BYTES) {
      throw new EndError("target_unreachable", `the target's handshake exceeds ${MAX_BYTES} bytes`);
    }
  }

  async #readMore(): Promise<void> {
    if (this.#ended) {
      const cause = this.#error;
      throw new EndError("target_unreachable", "the target closed the connection in its handshake", { cause });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#connection.resume();
    await promise;
  }

  write(bytes: Uint8Array | string): void {
    this.#connection.write(bytes);
  }

  replace<Connection extends Duplex>(wrap: (connection: Duplex) => Connection): Connection {
    const below = this.#connection;
    if (this.#unreadBytes + below.readableLength > 0) {
      const cause = "it sent bytes in front of the TLS handshake";
      throw new EndError("target_security_failed", "the console does not speak TLS", { cause });
    }
    below.removeAllListeners("data").off("end", this.#onEnd);
    const connection = wrap(below);
    this.#connection = this.#watch(connection);
    readChunks(connection, this);
    below.once("close", () => connection.destroy());
    connection.once("close", () => below.destroy());
    return connection;
  }

  #watch(connection: Duplex): Duplex {
    // Its end is learned from `close`, which follows an error.
    return connection
      .on("end", this.#onEnd)
      .on("close", this.#onEnd)
      .on("error", (error) => (this.#error ??= error));
  }

  #takeUnread(length: number): Buffer {
    const all = Buffer.concat(this.#unread);
    this.#unread = all.length === length ? [] : [all.subarray(length)];
    this.#unreadBytes = all.length - length;
    return all.subarray(0, length);
  }

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake?.();
  };
}
