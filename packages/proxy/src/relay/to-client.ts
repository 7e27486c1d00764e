import type { OnReadOpts, Socket } from "node:net";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { MAX_HEADER_BYTES, writeHeader } from "../websocket/frame-header.ts";
import type { BufferPool } from "./buffer-pool.ts";

/** A session's own read buffer: enough for keystrokes and small updates. */
const OWN_BYTES = 4096;

/** After this many small reads a borrowed buffer goes back. */
const SMALL_READS = 16;

/** How much one session may pass on before every other one gets its turn. */
const TURN_BYTES = 512 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * The hot direction, target to client, without a copy or an allocation of its own:
 *
 * - The target is read into one buffer that has room for a frame header in front of the payload, so
 *   a frame is one slice and one write.
 * - If the kernel has taken all of it at once, the buffer is free again, and the next read goes into
 *   it. If not, the buffer belongs to the write, and the target is not read until that is flushed.
 *   This is the back-pressure: a session holds at most one buffer, and no queue that a close frame
 *   would have to wait behind.
 * - A read that fills the small buffer earns a large one from the pool, until reads are small again.
 * - After `TURN_BYTES` the event loop goes round once, or a flood would hold up everybody's keystrokes.
 */
export class ToClient {
  /** For `net.connect`; called by the socket, not by us. */
  readonly onread: OnReadOpts;
  readonly #client: WebSocketConnection;
  readonly #pool: BufferPool;
  readonly #own: Buffer = Buffer.allocUnsafe(MAX_HEADER_BYTES + OWN_BYTES);
  #borrowed: Buffer | undefined;
  /** A buffer that goes back to the pool once the write that reads from it is flushed. */
  #returning: Buffer | undefined;
  #target: Socket | undefined;
  #bytes = 0;
  #turnBytes = 0;
  #smallReads = 0;
  /** Whether a write that is not flushed yet still reads from the buffer. */
  #writing = false;
  #stopped = false;

  constructor(client: WebSocketConnection, pool: BufferPool) {
    this.#client = client;
    this.#pool = pool;
    this.onread = { buffer: () => this.#room(), callback: (length) => this.#forward(length) };
  }

  /** Console bytes passed on so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Says which socket reads into the buffers. */
  attach(target: Socket): void {
    this.#target = target;
    target.once("close", () => this.#giveBack());
  }

  /** From now on nothing is passed on; what the target still sends is dropped. */
  stop(): void {
    this.#stopped = true;
  }

  /** Where the next read goes: behind the room for a header. */
  #room(): Buffer {
    return (this.#borrowed ?? this.#own).subarray(MAX_HEADER_BYTES);
  }

  /** Passes on what was just read; false stops reading. */
  #forward(length: number): boolean {
    // Behind a close frame no other may follow (RFC 6455, section 5.5.1).
    if (this.#stopped || !this.#client.isOpen) return true;
    this.#bytes += length;
    const buffer = this.#borrowed ?? this.#own;
    const { stream } = this.#client;
    stream.write(buffer.subarray(writeHeader(buffer, length), MAX_HEADER_BYTES + length));
    // Over TLS that is always so: encryption ends in a later turn.
    this.#writing = stream.writableLength > 0;
    this.#chooseBuffer(length);
    if (this.#writing) {
      // Behind the frame in the queue, so its callback tells that the frame is with the kernel.
      stream.write(NOTHING, this.#flushed);
      return false;
    }
    this.#turnBytes += length;
    if (this.#turnBytes < TURN_BYTES) return true;
    this.#turnBytes = 0;
    setImmediate(this.#readOn);
    return false;
  }

  /** For the next read, of which the socket asks as soon as it has told of this one. */
  #chooseBuffer(length: number): void {
    if (this.#borrowed === undefined) {
      if (length === OWN_BYTES) this.#borrowed = this.#pool.borrow();
    } else if (length > OWN_BYTES) {
      this.#smallReads = 0;
    } else if (++this.#smallReads === SMALL_READS) {
      this.#smallReads = 0;
      this.#returning = this.#borrowed;
      this.#borrowed = undefined;
      if (!this.#writing) this.#returnBuffer();
    }
  }

  readonly #flushed = (): void => {
    this.#writing = false;
    this.#returnBuffer();
    if (this.#target?.closed === true) this.#giveBack();
    else this.#readOn();
  };

  readonly #readOn = (): void => {
    if (!this.#stopped) this.#target?.resume();
  };

  /** Only once neither the target reads into the buffers nor a write reads from them. */
  #giveBack(): void {
    if (this.#writing) return;
    this.#returning ??= this.#borrowed;
    this.#borrowed = undefined;
    this.#returnBuffer();
  }

  #returnBuffer(): void {
    if (this.#returning !== undefined) this.#pool.giveBack(this.#returning);
    this.#returning = undefined;
  }
}
