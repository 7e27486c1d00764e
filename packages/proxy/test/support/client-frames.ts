import { randomBytes } from "node:crypto";
import type { FrameHandler, FrameParser } from "../../src/websocket/frame-parser.ts";

export interface FrameOptions {
  /** @defaultValue true */
  readonly final?: boolean;
  /** @defaultValue true */
  readonly masked?: boolean;
  /** Reserved bits of the first byte. */
  readonly reserved?: number;
  /** How many bytes the extended length has; by default as few as possible. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** A client's frame (RFC 6455, section 5.2), as wrong as the options make it. */
export function clientFrame(opcode: number, payload: Buffer | string, options: FrameOptions = {}): Buffer {
  const body = Buffer.from(payload);
  const { final = true, masked = true, reserved = 0 } = options;
  const lengthBytes = options.lengthBytes ?? (body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (final ? 0x80 : 0) | reserved | opcode;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? body.length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(body.length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
  const mask = masked ? randomBytes(4) : Buffer.alloc(0);
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

export function closePayload(code: number, reason = ""): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

/** Parses a copy of the bytes, step by step. */
export function readAll(parser: FrameParser, bytes: Buffer): void {
  const chunk = Buffer.from(bytes);
  for (let at = 0; at < chunk.length;) at = parser.read(chunk, at);
}

/** Writes down what a parser reports. */
export class Recorder implements FrameHandler {
  readonly events: string[] = [];

  bytes(run: Buffer): void {
    this.events.push(`bytes ${run.toString("hex")}`);
  }

  text(message: string): void {
    this.events.push(`text ${message}`);
  }

  textTooLong(): void {
    this.events.push("too long");
  }

  ping(payload: Buffer): void {
    this.events.push(`ping ${payload.toString("hex")}`);
  }

  pong(): void {
    this.events.push("pong");
  }

  close(code: number | undefined): void {
    this.events.push(`close ${code ?? "none"}`);
  }

  /** Neighbouring runs of bytes are one. */
  joined(): string[] {
    const joined: string[] = [];
    let run: string[] = [];
    const endRun = (): void => {
      if (run.length > 0) joined.push(`bytes ${run.join("")}`);
      run = [];
    };
    for (const event of this.events) {
      if (event.startsWith("bytes ")) run.push(event.slice(6));
      else {
        endRun();
        joined.push(event);
      }
    }
    endRun();
    return joined;
  }
}
