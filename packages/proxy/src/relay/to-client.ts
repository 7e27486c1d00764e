import type { Duplex } from "node:stream";
import type { ReadMemory, TargetReader } from "../targets/reader.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { encodeFrame, encodeHeader, MAX_HEADER_BYTES, Opcode, writeHeader } from "../websocket/frame-header.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ReadBuffer } from "../net/read-buffer.ts";
import { RecentUse, type Turns, type TurnTaker } from "../time/turns.ts";
import { type Tap, Taps } from "./tap.ts";

/** Size of a quiet target's read buffer, in bytes: enough for most updates of a screen. */
const OWN_BYTES = 8 * 1024;

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
  readonly turns: Turns;
  readonly taps: readonly Tap[];
  readonly session: RelayedSession;
}

/** The session that a relay belongs to. */
export interface RelayedSession {
  /** Whether bytes may still pass. Ends the session if its deadline has come. */
  mayPass(): boolean;
  /** A tap, the filter or the relay itself has failed, which ends the session. */
  onFailed(error: unknown): void;
}

/**
 * The hot direction, target to client, without a copy or an allocation of its own:
 *
 * - The target is read into one buffer that has room for a frame header in front of the payload, so
 *   a frame is one slice and one write.
 * - If the kernel has taken all of it at once, the buffer is free again, and the next read goes into
 *   it. If not, the buffer belongs to the write, and the target is not read until that is flushed.
 *   This is the back-pressure: a session holds at most one buffer, and no queue that would delay a close frame.
 * - A target that sends much is read in turn with other sessions; otherwise a flood would delay their keystrokes.
 *
 * A target that reads into memory of its own, such as TLS, goes through {@link ToClient.take} with the same
 * back-pressure: at most one chunk is in flight.
 */
export class ToClient implements TargetReader, TurnTaker {
  readonly onread: ReadMemory;
  readonly #client: WebSocketConnection;
  readonly #buffer: ReadBuffer;
  readonly #taps: Taps | undefined;
  readonly #turns: Turns;
  readonly #session: RelayedSession;
  /** What passing on has used of the event loop lately. */
  readonly recentUse: RecentUse = new RecentUse();
  #target: Duplex | undefined;
  #bytes = 0;
  /** What came out of turn and waits for it: a buffer with room for the header, and the length behind that room. */
  #held: Buffer | undefined;
  #heldBytes = 0;
  /** Whether the next read is this session's turn. */
  #hasTurn = false;
  /** How long the last write took, in milliseconds. */
  #lastMs = 0;
  /** The reasons for which the target is not read. */
  #paused = 0;
  #stopped = false;

  constructor(client: WebSocketConnection, { buffers, turns, taps, session }: RelayOptions) {
    this.#client = client;
    this.#turns = turns;
    this.#session = session;
    this.#buffer = new ReadBuffer(buffers, OWN_BYTES, MAX_HEADER_BYTES);
    this.onread = { buffer: () => this.#buffer.room, callback: (length) => this.#read(length) };
    if (taps.length === 0) return;
    this.#taps = new Taps(taps, {
      hold: () => this.pause(TargetPauseReason.tapBehind),
      release: () => this.resume(TargetPauseReason.tapBehind),
      failed: (error) => session.onFailed(error),
    });
  }

  /** Console bytes passed on so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasBurst(): boolean {
    return this.#held !== undefined && this.#heldBytes > OWN_BYTES;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Sets the connection that is read into the buffers. */
  attach(target: Duplex): void {
    this.#target = target;
    target.once("close", () => {
      this.#passHeldOn();
      this.#releaseBuffer();
    });
  }

  /** Stops reading until every reason is released; what was read already is still passed on. */
  pause(reason: number): void {
    if (this.#stopped) return;
    this.#paused |= reason;
    this.#target?.pause();
  }

  resume(reason: number): void {
    this.#paused &= ~reason;
    if (this.#paused === 0) this.#target?.resume();
  }

  /** From now on nothing is passed on; what the target still sends is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#turns.leave(this);
    this.#held = undefined;
    this.#freeBuffer();
    this.#taps?.end();
  }

  /**
   * After {@link stop}: reads the target to its end, and drops what comes. As long as a write to the client reads from
   * the buffer, nothing is read: it would change bytes that are on their way.
   */
  drain(): void {
    this.resume(~TargetPauseReason.clientBehind);
  }

  /** Sends bytes of the gateway's own, before the target's. */
  say(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#taps?.take(bytes);
    if (this.#isOver) return;
    this.#bytes += bytes.length;
    this.#client.stream.write(encodeFrame(Opcode.binary, bytes));
  }

  /** One write of a header and the chunk, which is not copied. */
  take(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    this.#taps?.take(chunk);
    if (this.#isOver) return true;
    const startedAt = performance.now();
    this.#bytes += chunk.length;
    const { stream } = this.#client;
    stream.cork();
    stream.write(encodeHeader(chunk.length));
    stream.write(chunk);
    stream.uncork();
    if (!this.#wrote(startedAt, stream.writableLength > 0)) return false;
    return this.#turns.mayWork(this) ? this.#paused === 0 : this.#awaitTurn();
  }

  /** Passes on what came out of turn, and reads the target again. */
  takeTurn(): number {
    this.#paused &= ~TargetPauseReason.turn;
    if (this.#held !== undefined) {
      if (this.#passHeldOn()) this.resume(TargetPauseReason.turn);
      return this.#paused === 0 ? this.#lastMs : 0;
    }
    this.#hasTurn = true;
    this.resume(TargetPauseReason.turn);
    // The next read and its write take about as long as the last ones; a read takes as long as a write.
    return this.#paused === 0 ? 2 * this.#lastMs : 0;
  }

  /** Behind a close frame no other may follow (RFC 6455, section 5.5.1). */
  get #isOver(): boolean {
    return this.#stopped || !this.#client.isOpen || !this.#session.mayPass();
  }

  /** Handles a read into the buffer; false stops reading. */
  #read(length: number): boolean {
    const { current: buffer } = this.#buffer;
    // One that has used little reads on without waiting, so it may find out only now that others have their turn.
    const mayWork = this.#hasTurn || this.#stopped || this.#turns.mayWork(this);
    const goesOn = mayWork ? this.#passOn(buffer, length) : this.#hold(buffer, length);
    // Node takes the buffer of the next read right after this.
    this.#buffer.advance(length, this.#held !== undefined || (this.#paused & TargetPauseReason.clientBehind) !== 0);
    return goesOn;
  }

  #awaitTurn(): false {
    this.#paused |= TargetPauseReason.turn;
    return false;
  }

  #hold(buffer: Buffer, length: number): false {
    this.#held = buffer;
    this.#heldBytes = length;
    return this.#awaitTurn();
  }

  /** @returns whether to read on; false as well if nothing was held. */
  #passHeldOn(): boolean {
    const buffer = this.#held;
    if (buffer === undefined) return false;
    this.#held = undefined;
    const goesOn = this.#passOn(buffer, this.#heldBytes);
    this.#freeBuffer();
    return goesOn;
  }

  /** Passes on what was read into a buffer; false stops reading. */
  #passOn(buffer: Buffer, length: number): boolean {
    try {
      if (this.#taps === undefined) return this.#forward(buffer, length);
      if (!this.#isOver) this.#taps.take(buffer.subarray(MAX_HEADER_BYTES, MAX_HEADER_BYTES + length));
      return this.#forward(buffer, length) && this.#paused === 0;
    } catch (error) {
      // An exception in this callback would end the process, and with it every other session.
      this.#session.onFailed(error);
      return true;
    }
  }

  #forward(buffer: Buffer, length: number): boolean {
    if (this.#isOver) return true;
    const startedAt = performance.now();
    this.#bytes += length;
    const { stream } = this.#client;
    stream.write(buffer.subarray(writeHeader(buffer, length), MAX_HEADER_BYTES + length));
    // Over TLS that is always so: encryption ends in a later turn.
    if (!this.#wrote(startedAt, stream.writableLength > 0)) return false;
    return this.#turns.mayGoOn(this) || this.#awaitTurn();
  }

  /** Notes a write that began at `startedAt`; false when the next one has to wait until it is flushed. */
  #wrote(startedAt: number, isBehind: boolean): boolean {
    this.#lastMs = this.#turns.worked(this, startedAt, this.#hasTurn);
    this.#hasTurn = false;
    if (!isBehind) return true;
    // Behind the frame in the queue, so its callback tells that the frame is with the kernel.
    this.#client.stream.write(NOTHING, this.#onFlushed);
    this.#paused |= TargetPauseReason.clientBehind;
    return false;
  }

  readonly #onFlushed = (): void => {
    this.#buffer.flushed();
    this.resume(TargetPauseReason.clientBehind);
    if (this.#target?.closed === true) this.#releaseBuffer();
  };

  #freeBuffer(): void {
    if ((this.#paused & TargetPauseReason.clientBehind) === 0) this.#buffer.flushed();
  }

  /** Only once neither the target reads into the buffers nor a write reads from them. */
  #releaseBuffer(): void {
    if ((this.#paused & TargetPauseReason.clientBehind) === 0) this.#buffer.release();
  }
}
