/** Callbacks of a {@link FrameReader}. Payload slices are valid only until the call returns. */
export interface FrameEvents {
  /** Bytes of binary messages as they arrive: a frame may come in several slices. */
  payload(bytes: Buffer): void;
  /** A complete text frame. */
  text(message: string): void;
  ping(payload: Buffer): void;
  /** @param code - 1005 if the frame has no code */
  close(code: number, reason: string): void;
}

/** Opcodes of RFC 6455, section 5.2. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Longest frame that is buffered until it is complete; binary frames are not buffered. */
const MAX_BUFFERED_BYTES = 64 * 1024;

/**
 * Reads the frames of a server with as little CPU as possible: binary payload is passed on in place, without a copy. Checks
 * only what correct counting depends on: masks, reserved bits and opcodes.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #header = Buffer.alloc(10);
  #headerBytes = 0;
  #opcode = -1;
  #left = 0;
  #buffered: Buffer[] = [];

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** @throws Error if the bytes are not frames that a server may send */
  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#opcode < 0) {
        at = this.#readHeader(bytes, at);
        if (this.#opcode < 0) return;
      }
      const end = Math.min(at + this.#left, bytes.length);
      this.#take(bytes.subarray(at, end));
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#finish();
    }
  }

  #readHeader(bytes: Buffer, from: number): number {
    const header = this.#header;
    let at = from;
    while (at < bytes.length) {
      header[this.#headerBytes++] = bytes[at++] ?? 0;
      const short = (header[1] ?? 0) & 0x7f;
      const size = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#headerBytes < 2 || this.#headerBytes < size) continue;
      this.#left = short === 127 ? Number(header.readBigUInt64BE(2)) : short === 126 ? header.readUInt16BE(2) : short;
      this.#opcode = opcodeOf(header);
      this.#headerBytes = 0;
      if (!isBinary(this.#opcode) && this.#left > MAX_BUFFERED_BYTES) {
        throw new Error(`expected a control frame of at most ${MAX_BUFFERED_BYTES} bytes, but got ${this.#left}`);
      }
      break;
    }
    return at;
  }

  #take(payload: Buffer): void {
    if (payload.length === 0) return;
    if (isBinary(this.#opcode)) this.#events.payload(payload);
    else this.#buffered.push(Buffer.from(payload));
  }

  #finish(): void {
    const opcode = this.#opcode;
    this.#opcode = -1;
    if (isBinary(opcode)) return;
    const payload = Buffer.concat(this.#buffered);
    this.#buffered = [];
    if (opcode === Opcode.text) this.#events.text(payload.toString());
    else if (opcode === Opcode.ping) this.#events.ping(payload);
    else if (opcode === Opcode.close) {
      this.#events.close(payload.length < 2 ? 1005 : payload.readUInt16BE(0), payload.toString("utf8", 2));
    }
  }
}

function opcodeOf(header: Buffer): number {
  const first = header[0] ?? 0;
  const opcode = first & 0x0f;
  const known = (Object.values(Opcode) as number[]).includes(opcode);
  if (!known || (first & 0x70) !== 0 || ((header[1] ?? 0) & 0x80) !== 0) {
    throw new Error(
      `expected an unmasked frame without extensions, but got the header ${header.toString("hex", 0, 2)}`,
    );
  }
  return opcode;
}

function isBinary(opcode: number): boolean {
  return opcode === Opcode.binary || opcode === Opcode.continuation;
}
