import type { OnReadOpts, Socket } from "node:net";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { MAX_HEADER_BYTES, writeHeader } from "../websocket/frame-header.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ReadBuffer } from "../net/read-buffer.ts";

/** Enough for most updates of a screen. */
const OWN_BYTES = 8 * 1024;

/** How much one session may pass on before every other one gets its turn. */
const TURN_BYTES = 256 * 1024;

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
 * - After `TURN_BYTES` the event loop goes round once, or a flood would hold up everybody's keystrokes.
 */
export class ToClient {
  /** For `net.connect`; called by the socket, not by us. */
  readonly onread: OnReadOpts;
  readonly #client: WebSocketConnection;
  readonly #buffer: ReadBuffer;
  #target: Socket | undefined;
  #bytes = 0;
  #turnBytes = 0;
  /** Whether a write that is not flushed yet still reads from the buffer. */
  #writing = false;
  /** Whether the client asked for a pause. */
  #paused = false;
  /** Whether reading goes on in a later turn: after a flush, or when the others had theirs. */
  #waiting = false;
  #stopped = false;

  constructor(client: WebSocketConnection, pool: BufferPool) {
    this.#client = client;
    this.#buffer = new ReadBuffer(pool, OWN_BYTES, MAX_HEADER_BYTES);
    this.onread = { buffer: () => this.#buffer.room, callback: (length) => this.#forward(length) };
  }

  /** Console bytes passed on so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Says which socket reads into the buffers. */
  attach(target: Socket): void {
    this.#target = target;
    target.once("close", () => this.#letGo());
  }

  /** Reads no more until {@link resume}; what is under way is still passed on. */
  pause(): void {
    if (this.#stopped) return;
    this.#paused = true;
    this.#target?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#waiting) this.#readOn();
  }

  /** From now on nothing is passed on; what the target still sends is dropped. */
  stop(): void {
    this.#stopped = true;
  }

  /** Passes on what was just read; false stops reading. */
  #forward(length: number): boolean {
    // Behind a close frame no other may follow (RFC 6455, section 5.5.1).
    if (this.#stopped || !this.#client.isOpen) return true;
    this.#bytes += length;
    const { current: buffer } = this.#buffer;
    const { stream } = this.#client;
    stream.write(buffer.subarray(writeHeader(buffer, length), MAX_HEADER_BYTES + length));
    // Over TLS that is always so: encryption ends in a later turn.
    this.#writing = stream.writableLength > 0;
    this.#buffer.advance(length, this.#writing);
    if (this.#writing) {
      // Behind the frame in the queue, so its callback tells that the frame is with the kernel.
      stream.write(NOTHING, this.#flushed);
      this.#waiting = true;
      return false;
    }
    this.#turnBytes += length;
    if (this.#turnBytes < TURN_BYTES) return true;
    this.#turnBytes = 0;
    this.#waiting = true;
    setImmediate(this.#readOn);
    return false;
  }

  readonly #flushed = (): void => {
    this.#writing = false;
    this.#buffer.flushed();
    if (this.#target?.closed === true) this.#letGo();
    else this.#readOn();
  };

  readonly #readOn = (): void => {
    this.#waiting = false;
    if (!this.#stopped && !this.#paused) this.#target?.resume();
  };

  /** Only once neither the target reads into the buffers nor a write reads from them. */
  #letGo(): void {
    if (!this.#writing) this.#buffer.release();
  }
}
