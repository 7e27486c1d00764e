import type { Duplex } from "node:stream";
import { encodeClose, encodeFrame, Opcode } from "./frame-header.ts";
import { FrameError } from "./frame-error.ts";
import { type FrameHandler, FrameParser, type TextPolicy } from "./frame-parser.ts";

/** How much of answers a client may leave unread before it is not read either, in bytes. */
const MAX_UNREAD_ANSWERS = 64 * 1024;

/** How long a client that has said goodbye may keep the connection, in milliseconds. */
const LEAVING_MS = 2000;

/** Why a client is not read for now; each is a bit. */
export const Hold = {
  /** There is no target to write to yet. */
  opening: 1,
  /** The target has not taken what came before. */
  targetBehind: 2,
  /** The client does not read the answers that it asks for. */
  answersUnread: 4,
} as const;

/** Whom a connection tells what the client does. */
export interface ConnectionHandler {
  /** Console bytes; the memory may be used and changed until the write that takes them is flushed. */
  bytes(run: Buffer): void;
  /** A control message, only where text is control. */
  text(message: string): void;
  /** A control message is too long. */
  textTooLong(): void;
  /** The client answered a ping. */
  alive(): void;
  /** The client's close frame came, with its code; or 1006, when the connection broke without one. */
  left(code: number): void;
  /** The client broke the protocol; it was told and gets nothing more. */
  broke(error: FrameError): void;
  /** The socket is gone. Comes last, once. */
  gone(): void;
}

type State = "open" | "closing" | "closed";

const NOTHING = Buffer.alloc(0);

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
  #handler: ConnectionHandler | undefined;
  #state: State = "open";
  #held = 0;
  #grace: NodeJS.Timeout | undefined;

  /** @param text - what the client's text frames are. */
  constructor(stream: Duplex, subprotocol: string | undefined, text: TextPolicy) {
    this.stream = stream;
    this.subprotocol = subprotocol;
    this.#parser = new FrameParser(this.#frames, text);
  }

  /** Begins to read. Nothing is lost before, and nothing is told before this returns. */
  listen(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.stream.on("data", this.#onData).on("end", this.#onEnd).on("error", ignore).on("close", this.#onClose);
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
  get isHeld(): boolean {
    return this.#held !== 0;
  }

  /** Stops reading the client until every reason was released: this bounds what it can make us hold. */
  hold(reason: number): void {
    if (this.#state !== "open") return;
    if (this.#held === 0) this.stream.pause();
    this.#held |= reason;
  }

  release(reason: number): void {
    if ((this.#held & reason) === 0) return;
    this.#held &= ~reason;
    if (this.#held === 0) this.stream.resume();
  }

  /** Sends a text frame; one who does not read the answers may not go on asking. */
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

  /** Cuts the connection without a word. */
  terminate(): void {
    this.stream.destroy();
  }

  /** What the parser finds. A field, so that it is no part of the class to others. */
  readonly #frames: FrameHandler = {
    bytes: (run) => {
      if (this.#state === "open") this.#handler?.bytes(run);
    },
    text: (message) => {
      if (this.#state === "open") this.#handler?.text(message);
    },
    textTooLong: () => {
      if (this.#state === "open") this.#handler?.textTooLong();
    },
    ping: (payload) => {
      if (this.#state === "open") this.#answer(encodeFrame(Opcode.pong, payload));
    },
    pong: () => {
      this.#handler?.alive();
    },
    close: (code) => this.#onCloseFrame(code),
  };

  #answer(frame: Buffer): void {
    this.stream.write(frame);
    if (this.stream.writableLength <= MAX_UNREAD_ANSWERS || (this.#held & Hold.answersUnread) !== 0) return;
    this.hold(Hold.answersUnread);
    this.stream.once("drain", () => this.release(Hold.answersUnread));
  }

  /** The closing handshake begins with our frame. */
  #say(frame: Buffer, graceMs: number): void {
    this.#state = "closing";
    this.#grace = setTimeout(() => this.stream.destroy(), graceMs);
    this.#held = 0;
    this.stream.write(frame);
    this.stream.resume();
  }

  #onCloseFrame(code: number | undefined): void {
    if (this.#state === "open") {
      this.#say(encodeClose(code), LEAVING_MS);
      this.#handler?.left(code ?? 1005);
    }
    // Both have said goodbye: the server closes first (section 7.1.1), and waits for the client to do so.
    if (!this.stream.writableEnded) this.stream.end();
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      this.#parser.read(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      // What follows in the stream has no meaning any more.
      this.stream.off("data", this.#onData).resume();
      if (this.#state !== "open") return void this.stream.destroy();
      this.#say(encodeClose(error.code), LEAVING_MS);
      this.stream.end();
      this.#handler?.broke(error);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#state === "open") {
      this.#state = "closing";
      this.#handler?.left(1006);
    }
    if (!this.stream.writableEnded) this.stream.end();
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#grace);
    const broken = this.#state === "open";
    this.#state = "closed";
    if (broken) this.#handler?.left(1006);
    this.#handler?.gone();
  };
}

function ignore(): void {}
