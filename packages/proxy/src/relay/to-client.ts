import type { Duplex } from "node:stream";
import type { ReadMemory, TargetReader } from "../targets/reader.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { encodeHeader, MAX_HEADER_BYTES, writeHeader } from "../websocket/frame-header.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ReadBuffer } from "../net/read-buffer.ts";
import { type Tap, Taps } from "./tap.ts";

/** Size of a quiet target's read buffer, in bytes: enough for most updates of a screen. */
const OWN_BYTES = 8 * 1024;

/** How much one session may pass on before every other session gets its turn, in bytes. */
const TURN_BYTES = 256 * 1024;

const NOTHING = Buffer.alloc(0);

/** Why a target is not read for now; each is a bit, set and released by one feature alone. */
export const TargetPauseReason = {
  /** A write to the client is not flushed, and still reads from the buffer. */
  clientBehind: 1,
  /** Other sessions have their turn. */
  turn: 2,
  /** The client asked for it. */
  clientRequest: 4,
  /** A tap is behind. */
  tapBehind: 8,
} as const;

/** What a relay needs besides the client. */
export interface RelayOptions {
  readonly buffers: BufferPool;
  readonly taps: readonly Tap[];
  /** Called when a tap or the filter fails, which ends the session. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * The hot direction, target to client, without a copy or an allocation of its own:
 *
 * - The target is read into one buffer that has room for a frame header in front of the payload, so
 *   a frame is one slice and one write.
 * - If the kernel has taken all of it at once, the buffer is free again, and the next read goes into
 *   it. If not, the buffer belongs to the write, and the target is not read until that is flushed.
 *   This is the back-pressure: a session holds at most one buffer, and no queue that would delay a close frame.
 * - After `TURN_BYTES` other sessions get their turn; otherwise a flood would delay their keystrokes.
 *
 * A target that reads into memory of its own, such as TLS, goes through {@link ToClient.take} with the same
 * back-pressure: at most one chunk is in flight.
 */
export class ToClient implements TargetReader {
  readonly onread: ReadMemory;
  readonly #client: WebSocketConnection;
  readonly #buffer: ReadBuffer;
  readonly #taps: Taps | undefined;
  #target: Duplex | undefined;
  #bytes = 0;
  #turnBytes = 0;
  /** The reasons for which the target is not read. */
  #paused = 0;
  #stopped = false;

  constructor(client: WebSocketConnection, { buffers, taps, onFailed }: RelayOptions) {
    this.#client = client;
    this.#buffer = new ReadBuffer(buffers, OWN_BYTES, MAX_HEADER_BYTES);
    const buffer = (): Buffer => this.#buffer.room;
    if (taps.length === 0) {
      this.onread = { buffer, callback: (length) => this.#forward(length) };
      return;
    }
    const tapped = new Taps(taps, {
      hold: () => this.pause(TargetPauseReason.tapBehind),
      release: () => this.resume(TargetPauseReason.tapBehind),
      failed: onFailed,
    });
    this.#taps = tapped;
    this.onread = { buffer, callback: (length) => this.#tapAndForward(tapped, length) };
  }

  /** Console bytes passed on so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Sets the connection that is read into the buffers. */
  attach(target: Duplex): void {
    this.#target = target;
    target.once("close", () => this.#releaseBuffer());
  }

  /** Stops reading until every reason is released; what was read already is still passed on. */
  pause(reason: number): void {
    if (this.#stopped) return;
    this.#paused |= reason;
    this.#target?.pause();
  }

  resume(reason: number): void {
    this.#paused &= ~reason;
    if (this.#paused === 0 && !this.#stopped) this.#target?.resume();
  }

  /** From now on nothing is passed on; what the target still sends is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#taps?.end();
  }

  /** One write of a header and the chunk, which is not copied. */
  take(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    this.#taps?.take(chunk);
    if (this.#isOver) return true;
    this.#bytes += chunk.length;
    const { stream } = this.#client;
    stream.cork();
    stream.write(encodeHeader(chunk.length));
    stream.write(chunk);
    stream.uncork();
    return this.#goOn(chunk.length, stream.writableLength > 0) && this.#paused === 0;
  }

  /** Behind a close frame no other may follow (RFC 6455, section 5.5.1). */
  get #isOver(): boolean {
    return this.#stopped || !this.#client.isOpen;
  }

  #tapAndForward(taps: Taps, length: number): boolean {
    if (!this.#isOver) taps.take(this.#buffer.current.subarray(MAX_HEADER_BYTES, MAX_HEADER_BYTES + length));
    return this.#forward(length) && this.#paused === 0;
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
    const isBehind = stream.writableLength > 0;
    this.#buffer.advance(length, isBehind);
    return this.#goOn(length, isBehind);
  }

  /** Whether to read on at once after `length` bytes were written; otherwise it is done later. */
  #goOn(length: number, isBehind: boolean): boolean {
    if (isBehind) {
      // Behind the frame in the queue, so its callback tells that the frame is with the kernel.
      this.#client.stream.write(NOTHING, this.#onFlushed);
      this.#paused |= TargetPauseReason.clientBehind;
      return false;
    }
    this.#turnBytes += length;
    if (this.#turnBytes < TURN_BYTES) return true;
    this.#turnBytes = 0;
    this.#paused |= TargetPauseReason.turn;
    setImmediate(this.#nextTurn);
    return false;
  }

  readonly #onFlushed = (): void => {
    this.#buffer.flushed();
    this.resume(TargetPauseReason.clientBehind);
    if (this.#target?.closed === true) this.#releaseBuffer();
  };

  readonly #nextTurn = (): void => this.resume(TargetPauseReason.turn);

  /** Only once neither the target reads into the buffers nor a write reads from them. */
  #releaseBuffer(): void {
    if ((this.#paused & TargetPauseReason.clientBehind) === 0) this.#buffer.release();
  }
}
