import type { Duplex } from "node:stream";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ReadBuffer } from "../net/read-buffer.ts";
import { RecentUse, Use, type Turns, type TurnTaker } from "../time/turns.ts";
import { adoptSocket } from "./adopt-socket.ts";
import type { ConnectionHandler } from "./connection-handler.ts";
import { encodeClose, encodeFrame, Opcode } from "./frame-header.ts";
import { FrameError } from "./frame-error.ts";
import { type FrameHandler, FrameParser, type TextPolicy } from "./frame-parser.ts";
import { KEEPING, PauseReason } from "./pause-reason.ts";
import { type PingedConnection, Pongs } from "./pongs.ts";
import { UnparsedBytes } from "./unparsed-bytes.ts";

/** How much is read and kept for a target that is not there yet, in bytes. */
const MAX_EARLY_BYTES = 64 * 1024;

/** How much of what a client still sends after the gateway's close frame is searched for its own, in bytes. */
const MAX_CLOSING_BYTES = 4 * 1024 * 1024;

/** How long the event loop is busy with one read of a client that sends without pause, in milliseconds. */
const READ_MS = 0.05;

/** How long the first bytes of a client may be parsed without waiting for its turn, in milliseconds. */
const DIRECT_MS = 0.1;

/** How much of answers a client may leave unread before it is not read either, in bytes. */
const MAX_UNREAD_ANSWERS = 64 * 1024;

/** Size of a quiet client's read buffer, in bytes: keys and the pointer need little. */
const OWN_BYTES = 1024;

/** How long a client may take to close the connection after its close frame, in milliseconds. */
const LEAVING_MS = 2000;

type State = "open" | "closing" | "closed";

const NOTHING = Buffer.alloc(0);

/** How a connection is read. */
export interface ConnectionOptions {
  /** The subprotocol that was agreed on. */
  readonly subprotocol: string | undefined;
  /** What the client's text frames are. */
  readonly text: TextPolicy;
  readonly buffers: BufferPool;
  readonly turns: Turns;
}

/**
 * The server's end of a WebSocket (RFC 6455) on a connection that was upgraded: reads the client's
 * frames, and writes text, pings and the close frame. Frames of console bytes are written to the
 * {@link stream} by the relay.
 */
export class WebSocketConnection implements TurnTaker, PingedConnection {
  /** The connection under the WebSocket. */
  readonly stream: Duplex;
  /** The subprotocol that was agreed on, or undefined. */
  readonly subprotocol: string | undefined;
  readonly #parser: FrameParser;
  readonly #buffer: ReadBuffer;
  /** Whether Node reads into {@link #buffer} and not into memory of its own. */
  readonly #adopted: boolean;
  /** What parsing has used of the event loop lately. */
  readonly recentUse: RecentUse = new RecentUse();
  readonly #turns: Turns;
  readonly #unparsed: UnparsedBytes;
  /** Whether the client's end came while something is unparsed. */
  #endedEarly = false;
  #isParsing = false;
  /** Browsers never ping. */
  #pongs: Pongs | undefined;
  #isCorked = false;
  #handler: ConnectionHandler | undefined;
  #state: State = "open";
  /** Whether the client broke the protocol, after which nothing in its stream has a meaning. */
  #isBroken = false;
  #paused: number = PauseReason.noTarget;
  #closingBytes = 0;
  #grace: NodeJS.Timeout | undefined;

  /**
   * @param stream - the upgraded connection; from now on only {@link WebSocketConnection.stream} may be used.
   * @param head - what came right behind the upgrade request.
   */
  constructor(stream: Duplex, head: Buffer, { subprotocol, text, buffers, turns }: ConnectionOptions) {
    this.subprotocol = subprotocol;
    this.#parser = new FrameParser(this.#frames, text);
    this.#turns = turns;
    this.#unparsed = new UnparsedBytes(head);
    this.#buffer = new ReadBuffer(buffers, OWN_BYTES);
    const adopted = adoptSocket(stream, { buffer: () => this.#buffer.room, callback: this.#onRead });
    this.stream = adopted ?? stream;
    this.#adopted = adopted !== undefined;
  }

  /** Sets the handler; what the client sends is handed to it once {@link PauseReason.noTarget} is released. */
  listen(handler: ConnectionHandler): void {
    this.#handler = handler;
    const { stream } = this;
    stream.on("end", this.#onEnd).on("error", ignore).on("close", this.#onClose);
    if (!this.#adopted) stream.on("data", this.#take);
  }

  /** Whether frames may be sent. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Bytes that were written and that the kernel has not taken. */
  get unsentBytes(): number {
    return this.stream.writableLength;
  }

  /** Whether the client is not read for now. */
  get isPaused(): boolean {
    return this.#paused !== 0;
  }

  isPausedFor(reason: number): boolean {
    return (this.#paused & reason) !== 0;
  }

  /** Stops reading the client until every reason is released, which bounds the memory that it can occupy. */
  pause(reason: number): void {
    if (this.#state === "open") this.#pause(reason);
  }

  resume(reason: number): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    if (reason === PauseReason.targetBehind) this.#freeBuffer();
    this.#goOn();
  }

  /** Sends the answer to something that the client sent; a client that does not read its answers is not read either. */
  answer(frame: Buffer): void {
    // All answers to one piece of the client's stream are one write.
    if (this.#isParsing && !this.#isCorked) {
      this.#isCorked = true;
      this.stream.cork();
    }
    this.stream.write(frame);
    if (this.stream.writableLength <= MAX_UNREAD_ANSWERS || (this.#paused & PauseReason.answersUnread) !== 0) return;
    this.pause(PauseReason.answersUnread);
    this.stream.once("drain", () => this.resume(PauseReason.answersUnread));
  }

  /** Sends a text frame, as an {@link answer}. */
  sendText(text: string): void {
    if (this.#state === "open") this.answer(encodeFrame(Opcode.text, Buffer.from(text)));
  }

  /**
   * Sends a ping, unless the client has not taken what was sent before.
   *
   * @returns whether it was sent.
   */
  ping(): boolean {
    if (this.#state !== "open" || this.unsentBytes > 0) return false;
    this.stream.write(encodeFrame(Opcode.ping, NOTHING));
    return true;
  }

  /**
   * Sends the close frame. What the client sends from now on is searched for its own, up to a limit, and dropped; after
   * `graceMs` the socket is destroyed.
   */
  close(code: number, reason: string, graceMs: number): void {
    if (this.#state !== "open") return;
    this.#say(encodeClose(code, reason), graceMs);
  }

  /** Destroys the connection without a close frame. */
  terminate(): void {
    this.stream.destroy();
  }

  /** Handles what the parser finds. */
  readonly #frames: FrameHandler = {
    bytes: (run) => {
      if (this.#state === "open") this.#handler?.onBytes(run);
    },
    text: (message) => {
      if (this.#state === "open") this.#handler?.onText(message);
    },
    textTooLong: () => {
      if (this.#state === "open") this.#handler?.onTextTooLong();
    },
    ping: (payload) => {
      if (this.#state === "open") (this.#pongs ??= new Pongs(this)).add(payload);
    },
    pong: () => {
      this.#handler?.onPong();
    },
    close: (code) => this.#onCloseFrame(code),
  };

  get hasBurst(): boolean {
    return this.#unparsed.length > OWN_BYTES;
  }

  /** Parses on, for about `ms` milliseconds. */
  takeTurn(ms: number): number {
    this.#paused &= ~PauseReason.turn;
    if (this.#paused !== 0) return 0;
    if (!this.#unparsed.isEmpty) this.#parse(ms);
    else this.#goOn();
    return this.stream.isPaused() ? 0 : READ_MS;
  }

  #pause(reason: number): void {
    this.#paused |= reason;
    if ((reason & KEEPING) === 0) this.stream.pause();
  }

  #sendAnswers(): void {
    this.#pongs?.endRead();
    if (this.#isCorked) this.stream.uncork();
    this.#isCorked = false;
  }

  /**
   * Begins the closing handshake. From now on the client is read for whatever reason it was paused, except for
   * `keptReasons`.
   */
  #say(frame: Buffer, graceMs: number, keptReasons = 0): void {
    this.#state = "closing";
    this.#endWithin(graceMs);
    this.stream.write(frame);
    this.#parser.skipToClose();
    this.#paused &= keptReasons | PauseReason.turn;
    this.#goOn();
  }

  /** A connection that is closing has this long, whatever its client does. */
  #endWithin(graceMs: number): void {
    this.#grace ??= setTimeout(() => this.stream.destroy(), graceMs);
  }

  #onCloseFrame(code: number | undefined): void {
    if (this.#state === "open") {
      this.#say(encodeClose(code), LEAVING_MS, PauseReason.targetBehind);
      this.#handler?.onClose(code ?? 1005);
    }
    // Both close frames are sent: the server closes first (section 7.1.1), and waits for the client to do so.
    if (!this.stream.writableEnded) this.stream.end();
  }

  /** For `onread`; false stops reading. */
  readonly #onRead = (length: number): boolean => {
    this.#take(this.#buffer.current.subarray(0, length));
    this.#buffer.advance(length, this.#isBufferInUse);
    return !this.stream.isPaused();
  };

  readonly #take = (chunk: Buffer): void => {
    if (this.#state !== "open") this.#countClosing(chunk.length);
    if (this.#isBroken) return;
    if (!this.#unparsed.isEmpty || (this.#paused & KEEPING) !== 0) return this.#keep(chunk);
    this.#unparsed.set(chunk);
    this.#goOn();
  };

  /** Neither a client that goes on sending nor one that sends rubbish keeps the gateway busy. */
  #countClosing(bytes: number): void {
    this.#closingBytes += bytes;
    if (this.#closingBytes > MAX_CLOSING_BYTES) this.#pause(PauseReason.closing);
  }

  #keep(chunk: Buffer): void {
    const unparsed = this.#unparsed.keep(chunk, MAX_EARLY_BYTES);
    if (unparsed >= MAX_EARLY_BYTES || (this.#paused & PauseReason.turn) !== 0) this.stream.pause();
  }

  /** Parses what is unparsed, now or when it is this connection's turn, and then reads on. */
  #goOn(): void {
    if (this.#paused !== 0 || this.#isParsing) return;
    if (!this.#unparsed.isEmpty) {
      if (this.#turns.mayWork(this)) this.#parse(DIRECT_MS);
      else this.#awaitTurn();
      return;
    }
    if (this.#endedEarly) this.#onEnd();
    if (this.#paused === 0) this.stream.resume();
  }

  /** Keys are copied, because to stop reading and begin again would cost more than all else that is done with them. */
  #awaitTurn(): void {
    if (this.recentUse.level !== Use.keys || this.hasBurst) return this.#pause(PauseReason.turn);
    this.#paused |= PauseReason.turn;
    this.#unparsed.keep(NOTHING, MAX_EARLY_BYTES);
  }

  /** Parses for about `ms` milliseconds, or until there is a reason to pause. */
  #parse(ms: number): void {
    const startedAt = performance.now();
    const unparsed = this.#unparsed;
    this.#isParsing = true;
    try {
      do {
        unparsed.at = this.#parser.read(unparsed.bytes, unparsed.at);
      } while (!unparsed.isEmpty && this.#paused === 0 && !this.stream.destroyed && performance.now() - startedAt < ms);
    } catch (error) {
      this.#onFault(error);
    }
    this.#isParsing = false;
    this.#sendAnswers();
    this.#turns.worked(this, startedAt);
    this.#afterParsing();
  }

  #afterParsing(): void {
    if (this.#unparsed.isEmpty) {
      this.#unparsed.clear();
      this.#freeBuffer();
    } else if ((this.#paused & KEEPING) !== 0) {
      // Reading goes on, into the memory that this is in.
      this.#keep(NOTHING);
    }
    this.#goOn();
  }

  #onFault(error: unknown): void {
    this.#isBroken = true;
    this.#unparsed.clear();
    if (!(error instanceof FrameError)) return this.#handler?.onFailed(error);
    if (this.#state !== "open") return void this.stream.destroy();
    this.#say(encodeClose(error.code), LEAVING_MS);
    this.stream.end();
    this.#handler?.onProtocolError(error);
  }

  /** Whether a write to the target, or the parser, still reads from the buffer. */
  get #isBufferInUse(): boolean {
    return (this.#paused & PauseReason.targetBehind) !== 0 || this.#unparsed.isInRead;
  }

  /** Once the socket is closed, nothing reads into the buffer either. */
  #freeBuffer(): void {
    if (this.#isBufferInUse) return;
    if (this.#state === "closed") this.#buffer.release();
    else this.#buffer.flushed();
  }

  readonly #onEnd = (): void => {
    this.#endedEarly = !this.#unparsed.isEmpty;
    if (this.#endedEarly) return;
    if (this.#state === "open") {
      this.#state = "closing";
      // What was written before may never be read.
      this.#endWithin(LEAVING_MS);
      this.#handler?.onClose(1006);
    }
    if (!this.stream.writableEnded) this.stream.end();
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#grace);
    this.#turns.leave(this);
    const broken = this.#state === "open";
    this.#state = "closed";
    this.#unparsed.clear();
    this.#freeBuffer();
    if (broken) this.#handler?.onClose(1006);
    this.#handler?.onSocketClosed();
  };
}

function ignore(): void {}
