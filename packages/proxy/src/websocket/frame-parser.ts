import { isUtf8 } from "node:buffer";
import {
  checkClientHeader,
  clientHeaderBytes,
  MAX_CLIENT_HEADER_BYTES,
  payloadLength,
  validCloseCode,
} from "./client-header.ts";
import { FrameError } from "./frame-error.ts";
import { Opcode } from "./frame-header.ts";
import { rotateMask, unmask } from "./unmask.ts";

/** Receives what a client's frames contain. */
export interface FrameHandler {
  /**
   * Console bytes. All frames of one read come as one run, and a long frame comes in as many runs as reads, so nothing
   * waits for its end. The memory is that of the read.
   */
  bytes(run: Buffer): void;
  /** A whole control message. */
  text(message: string): void;
  /** A control message has more than `maxTextBytes`; the rest of it is skipped. */
  textTooLong(): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** The client's last frame; `code` is undefined if it has none. What follows it is ignored. */
  close(code: number | undefined): void;
}

/** How text frames are treated. */
export interface TextPolicy {
  /** Whether they are control messages (`curfew.v1`), or else console bytes, as stock clients send them. */
  readonly isControl: boolean;
  /** Longest control message in bytes. */
  readonly maxBytes: number;
}

/** No frame has begun. */
const NONE = -1;

/** How many frames are parsed in one step, so that it takes about a tenth of a millisecond. */
const MAX_FRAMES = 512;

/** As how many of them a ping, pong or close frame counts: it may want an answer. */
const CONTROL_FRAMES = 32;

const NOTHING = Buffer.alloc(0);

/**
 * Parses a client's frames (RFC 6455, section 5) as they arrive.
 *
 * It works in the memory of the read: payloads are unmasked in place, and those of several frames are moved together
 * over the headers between them. So a read becomes one write to the target, however many frames it contains, and no
 * frame or message is ever assembled in memory of its own.
 */
export class FrameParser {
  readonly #handler: FrameHandler;
  readonly #textPolicy: TextPolicy;
  /** The current frame. */
  #opcode = NONE;
  #final = false;
  #left = 0;
  #mask = 0;
  /** The type of the current message; control frames may come in between. */
  #message = NONE;
  /** An incomplete header or control payload. */
  #partial: Buffer | undefined;
  #partialBytes = 0;
  /** The start of a control message that comes in several pieces, with room for more, and its length so far. */
  #text: Buffer = NOTHING;
  #textBytes = 0;
  /** Checks text that comes in several pieces. */
  #utf8: InstanceType<typeof TextDecoder> | undefined;
  #closed = false;
  /** Whether only the close frame still matters. */
  #isSkipping = false;
  /** The run of console bytes in the current read. */
  #runStart = 0;
  #runEnd = 0;

  constructor(handler: FrameHandler, text: TextPolicy) {
    this.#handler = handler;
    this.#textPolicy = text;
  }

  /** From now on only the close frame is looked at; all others are skipped and not even checked for valid text. */
  skipToClose(): void {
    this.#isSkipping = true;
    this.#text = NOTHING;
    // The start of a ping or pong; of a header it is still needed.
    if (this.#opcode !== NONE && this.#opcode !== Opcode.close) this.#partial = undefined;
  }

  /**
   * Parses the next bytes of the connection, up to the next control message or a limited number of frames, and changes
   * them in place.
   *
   * @param from - where to begin in `chunk`: 0, or what the call before returned.
   * @returns where it stopped; the end of `chunk` when all of it is parsed.
   * @throws FrameError when the client breaks the protocol; what came before that is handed on.
   */
  read(chunk: Buffer, from: number): number {
    this.#runStart = 0;
    this.#runEnd = 0;
    let at = from;
    try {
      for (let frames = 0; frames < MAX_FRAMES && at < chunk.length && !this.#closed; frames += 1) {
        if (this.#opcode === NONE) {
          at = this.#readHeader(chunk, at);
          if (this.#opcode === NONE) break;
          if (this.#opcode >= Opcode.close) frames += CONTROL_FRAMES - 1;
        }
        const end = Math.min(at + this.#left, chunk.length);
        this.#left -= end - at;
        const isMessage = this.#readPayload(chunk, at, end);
        at = end;
        if (this.#left === 0) this.#opcode = NONE;
        if (isMessage) return at;
      }
      return this.#closed ? chunk.length : at;
    } finally {
      this.#handRunOver(chunk);
    }
  }

  #readHeader(chunk: Buffer, from: number): number {
    const partial = this.#partial;
    if (partial !== undefined) return this.#completeHeader(partial, chunk, from);
    const [first = 0, second = 0] = [chunk[from], chunk[from + 1]];
    if (chunk.length - from >= 2) {
      checkClientHeader(first, second, this.#message !== NONE);
      const bytes = clientHeaderBytes(second);
      if (chunk.length - from >= bytes) {
        this.#begin(chunk, from, bytes);
        return from + bytes;
      }
    }
    this.#partial = Buffer.alloc(MAX_CLIENT_HEADER_BYTES);
    this.#partialBytes = chunk.copy(this.#partial, 0, from);
    return chunk.length;
  }

  #completeHeader(partial: Buffer, chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length;) {
      partial[this.#partialBytes++] = chunk[at++] ?? 0;
      const [first = 0, second = 0] = partial;
      if (this.#partialBytes === 2) checkClientHeader(first, second, this.#message !== NONE);
      if (this.#partialBytes < 2 || this.#partialBytes < clientHeaderBytes(second)) continue;
      this.#partial = undefined;
      this.#begin(partial, 0, this.#partialBytes);
      return at;
    }
    return chunk.length;
  }

  /** Begins a frame with the complete and checked header at `at`. */
  #begin(header: Buffer, at: number, bytes: number): void {
    const first = header[at] ?? 0;
    this.#left = payloadLength(header, at);
    this.#mask = header.readInt32BE(at + bytes - 4);
    this.#final = (first & 0x80) !== 0;
    this.#opcode = first & 0x0f;
    if (this.#opcode === Opcode.text || this.#opcode === Opcode.binary) this.#message = this.#opcode;
  }

  /** @returns whether a control message was handed over. */
  #readPayload(chunk: Buffer, start: number, end: number): boolean {
    const over = this.#left === 0 && this.#final;
    const isControl = this.#opcode >= Opcode.close;
    if (!this.#isSkipping || this.#opcode === Opcode.close) {
      unmask(chunk, start, end, this.#mask);
      this.#mask = rotateMask(this.#mask, end - start);
      if (isControl) this.#readControl(chunk, start, end);
      else if (this.#message === Opcode.text) return this.#readText(chunk, start, end, over);
      else this.#addToRun(chunk, start, end);
    }
    if (over && !isControl) this.#message = NONE;
    return false;
  }

  #readText(chunk: Buffer, start: number, end: number, over: boolean): boolean {
    const piece = chunk.subarray(start, end);
    this.#checkUtf8(piece, over);
    if (over) this.#message = NONE;
    if (!this.#textPolicy.isControl) {
      this.#addToRun(chunk, start, end);
      return false;
    }
    const { maxBytes } = this.#textPolicy;
    const before = this.#textBytes;
    this.#textBytes += piece.length;
    if (before <= maxBytes && this.#textBytes > maxBytes) {
      this.#text = NOTHING;
      this.#handRunOver(chunk);
      this.#handler.textTooLong();
    }
    const fits = this.#textBytes <= maxBytes;
    if (fits && (before > 0 || !over)) this.#keepText(piece, before);
    if (!over) return false;
    const message = before === 0 ? piece : this.#text.subarray(0, this.#textBytes);
    this.#text = NOTHING;
    this.#textBytes = 0;
    this.#handRunOver(chunk);
    if (fits) this.#handler.text(message.toString());
    return true;
  }

  /** Copies a piece of a control message, because the memory of a read is used again after it. */
  #keepText(piece: Buffer, at: number): void {
    if (this.#text.length < at + piece.length) {
      const text = Buffer.allocUnsafe(Math.min(2 * (at + piece.length), this.#textPolicy.maxBytes));
      this.#text.copy(text, 0, 0, at);
      this.#text = text;
    }
    piece.copy(this.#text, at);
  }

  /** Refuses invalid text at its first wrong byte, even in the middle of a long message. */
  #checkUtf8(piece: Buffer, over: boolean): void {
    if (piece.length === 0 && !over) return;
    const whole = over && this.#utf8 === undefined;
    if (whole ? !isUtf8(piece) : !this.#continuesUtf8(piece, over)) {
      throw new FrameError(1007, "a text message is not UTF-8");
    }
  }

  #continuesUtf8(piece: Buffer, over: boolean): boolean {
    this.#utf8 ??= new TextDecoder("utf-8", { fatal: true });
    try {
      this.#utf8.decode(piece, { stream: !over });
      if (over) this.#utf8 = undefined;
      return true;
    } catch {
      return false;
    }
  }

  #readControl(chunk: Buffer, start: number, end: number): void {
    let payload = chunk.subarray(start, end);
    if (this.#left > 0 || this.#partial !== undefined) {
      payload = Buffer.concat([this.#partial ?? payload.subarray(0, 0), payload]);
      this.#partial = this.#left > 0 ? payload : undefined;
      if (this.#left > 0) return;
    }
    this.#handRunOver(chunk);
    if (this.#opcode === Opcode.ping) this.#handler.ping(payload);
    else if (this.#opcode === Opcode.pong) this.#handler.pong();
    else this.#readClose(payload);
  }

  #readClose(payload: Buffer): void {
    const code = payload.length === 0 ? undefined : payload.readUInt16BE(0);
    if (code !== undefined && !validCloseCode(code)) throw new FrameError(1002, `a close frame has the code ${code}`);
    if (!isUtf8(payload.subarray(2))) throw new FrameError(1007, "the reason in a close frame is not UTF-8");
    this.#closed = true;
    this.#handler.close(code);
  }

  #addToRun(chunk: Buffer, start: number, end: number): void {
    if (this.#runStart === this.#runEnd) this.#runStart = this.#runEnd = start;
    if (start !== this.#runEnd) chunk.copyWithin(this.#runEnd, start, end);
    this.#runEnd += end - start;
  }

  /** Hands the run over, before anything that is not a console byte, to keep the order. */
  #handRunOver(chunk: Buffer): void {
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#runStart = this.#runEnd = 0;
    if (end > start) this.#handler.bytes(chunk.subarray(start, end));
  }
}
