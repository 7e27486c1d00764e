import type { Duplex } from "node:stream";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ReadBuffer } from "../net/read-buffer.ts";
import { adoptSocket } from "./adopt-socket.ts";
import { encodeClose, encodeFrame, Opcode } from "./frame-header.ts";
import { FrameError } from "./frame-error.ts";
import { type FrameHandler, FrameParser, type TextPolicy } from "./frame-parser.ts";

/** How much is read and kept for a target that is not there yet, in bytes. */
const MAX_EARLY_BYTES = 64 * 1024;

/** How much of answers a client may leave unread before it is not read either, in bytes. */
const MAX_UNREAD_ANSWERS = 64 * 1024;

/** Size of a quiet client's read buffer, in bytes: keys and the pointer need little. */
const OWN_BYTES = 1024;

/** How long a client may take to close the connection after its close frame, in milliseconds. */
const LEAVING_MS = 2000;

/** Why a client is not read for now; each is a bit, set and released by one feature alone. */
export const PauseReason = {
  /** There is no target to write to yet. */
  noTarget: 1,
  /** Control messages came before `hello`, and wait for it. */
  beforeHello: 2,
  /** The target has not taken what came before, which is still in the buffer. */
  targetBehind: 4,
  /** The client does not read the answers that it asks for. */
  answersUnread: 8,
  /** Other sessions have their turn. */
  turn: 16,
} as const;

/** While one of these holds, a little is still read and kept, so that a client that leaves is noticed. */
const KEEPING: number = PauseReason.noTarget | PauseReason.beforeHello;

/** Receives what the client does. */
export interface ConnectionHandler {
  /** Console bytes; their memory is used again, unless the connection is paused when this returns. */
  onBytes(run: Buffer): void;
  /** A control message, only where text is control. */
  onText(message: string): void;
  /** A control message is too long. */
  onTextTooLong(): void;
  /** The client answered a ping. */
  onPong(): void;
  /** The client's close frame came, with its code; or 1006, when the connection broke without one. */
  onClose(code: number): void;
  /** The client broke the protocol. It was sent a close frame and gets nothing more. */
  onProtocolError(error: FrameError): void;
  /** The socket is closed. Comes last, once. */
  onSocketClosed(): void;
}

type State = "open" | "closing" | "closed";

/** How much is read from one client before every other session gets its turn, in bytes. */
const TURN_BYTES = 256 * 1024;

const NOTHING = Buffer.alloc(0);

/** How a connection is read. */
export interface ConnectionOptions {
  /** The subprotocol that was agreed on. */
  readonly subprotocol: string | undefined;
  /** What the client's text frames are. */
  readonly text: TextPolicy;
  readonly buffers: BufferPool;
}

/**
 * The server's end of a WebSocket (RFC 6455) on a connection that was upgraded: reads the client's
 * frames, and writes text, pings and the close frame. Frames of console bytes are written to the
 * {@link stream} by the relay.
 */
export class WebSocketConnection {
  /** The connection under the WebSocket. */
  readonly stream: Duplex;
  /** The subprotocol that was agreed on, or undefined. */
  readonly subprotocol: string | undefined;
  readonly #parser: FrameParser;
  readonly #buffer: ReadBuffer;
  /** Whether Node reads into {@link #buffer} and not into memory of its own. */
  readonly #adopted: boolean;
  /** What was read and not parsed yet: what came with the upgrade request, and what {@link KEEPING} held back. */
  #early: Buffer;
  /** Whether the client's end came while {@link #early} waits. */
  #endedEarly = false;
  #handler: ConnectionHandler | undefined;
  #state: State = "open";
  /** Whether the client broke the protocol, after which nothing in its stream has a meaning. */
  #isBroken = false;
  #paused: number = PauseReason.noTarget;
  #turnBytes = 0;
  #grace: NodeJS.Timeout | undefined;

  /**
   * @param stream - the upgraded connection; from now on only {@link WebSocketConnection.stream} may be used.
   * @param head - what came right behind the upgrade request.
   */
  constructor(stream: Duplex, head: Buffer, { subprotocol, text, buffers }: ConnectionOptions) {
    this.subprotocol = subprotocol;
    this.#parser = new FrameParser(this.#frames, text);
    this.#early = head;
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

  /** Stops reading the client until every reason is released, which bounds the memory that it can occupy. */
  pause(reason: number): void {
    if (this.#state !== "open") return;
    this.#paused |= reason;
    if ((reason & KEEPING) === 0) this.stream.pause();
  }

  resume(reason: number): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    if (reason === PauseReason.targetBehind) this.#bufferIsFree();
    this.#readOn();
  }

  /** Sends a text frame; a client that does not read its answers is not read either. */
  sendText(text: string): void {
    if (this.#state === "open") this.#answer(encodeFrame(Opcode.text, Buffer.from(text)));
  }

  ping(): void {
    if (this.#state === "open") this.stream.write(encodeFrame(Opcode.ping, NOTHING));
  }

  /**
   * Sends the close frame. What the client sends from now on is read, so that its own is found, and
   * dropped; after `graceMs` the socket is destroyed.
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
      if (this.#state === "open") this.#answer(encodeFrame(Opcode.pong, payload));
    },
    pong: () => {
      this.#handler?.onPong();
    },
    close: (code) => this.#onCloseFrame(code),
  };

  #answer(frame: Buffer): void {
    this.stream.write(frame);
    if (this.stream.writableLength <= MAX_UNREAD_ANSWERS || (this.#paused & PauseReason.answersUnread) !== 0) return;
    this.pause(PauseReason.answersUnread);
    this.stream.once("drain", () => this.resume(PauseReason.answersUnread));
  }

  /**
   * Begins the closing handshake. From now on the client is read for whatever reason it was paused, except for
   * `keptReasons`.
   */
  #say(frame: Buffer, graceMs: number, keptReasons = 0): void {
    this.#state = "closing";
    this.#grace = setTimeout(() => this.stream.destroy(), graceMs);
    this.stream.write(frame);
    this.#paused &= keptReasons;
    this.#readOn();
  }

  #readOn(): void {
    if (this.#paused !== 0) return;
    const early = this.#early;
    this.#early = NOTHING;
    if (early.length > 0) this.#take(early);
    if (this.#endedEarly) this.#onEnd();
    if (this.#paused === 0) this.stream.resume();
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
    this.#buffer.advance(length, (this.#paused & PauseReason.targetBehind) !== 0);
    return !this.stream.isPaused();
  };

  readonly #take = (chunk: Buffer): void => {
    if (this.#isBroken) return;
    if ((this.#paused & KEEPING) !== 0) return this.#keep(chunk);
    try {
      this.#parser.read(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#onFault(error);
    }
    this.#turnBytes += chunk.length;
    if (this.#turnBytes < TURN_BYTES) return;
    this.#turnBytes = 0;
    this.pause(PauseReason.turn);
    setImmediate(this.#nextTurn);
  };

  #keep(chunk: Buffer): void {
    this.#early = Buffer.concat([this.#early, chunk]);
    if (this.#early.length >= MAX_EARLY_BYTES) this.stream.pause();
  }

  readonly #nextTurn = (): void => this.resume(PauseReason.turn);

  #onFault(error: FrameError): void {
    this.#isBroken = true;
    if (this.#state !== "open") return void this.stream.destroy();
    this.#say(encodeClose(error.code), LEAVING_MS);
    this.stream.end();
    this.#handler?.onProtocolError(error);
  }

  /** A write to the target no longer reads from the buffer; once the socket is closed, nothing does. */
  #bufferIsFree(): void {
    if (this.#state === "closed") this.#buffer.release();
    else this.#buffer.flushed();
  }

  readonly #onEnd = (): void => {
    this.#endedEarly = this.#early.length > 0;
    if (this.#endedEarly) return;
    if (this.#state === "open") {
      this.#state = "closing";
      this.#handler?.onClose(1006);
    }
    if (!this.stream.writableEnded) this.stream.end();
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#grace);
    const broken = this.#state === "open";
    this.#state = "closed";
    if ((this.#paused & PauseReason.targetBehind) === 0) this.#buffer.release();
    if (broken) this.#handler?.onClose(1006);
    this.#handler?.onSocketClosed();
  };
}

function ignore(): void {}
