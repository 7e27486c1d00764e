import { FALLBACK_SUBPROTOCOL } from "@curfew/protocol";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import { FrameReader, Opcode } from "./frame-reader.ts";
import { maskedFrame } from "./masked-frame.ts";

/** What a client asks a proxy for. */
export interface Ticket {
  /** Path and query of the upgrade request. */
  readonly path: string;
  readonly subprotocols: readonly string[];
  /** When the proxy has to end the session, in milliseconds since the epoch; undefined when it never does. */
  readonly expiresAt?: number;
}

/** The request of a client that knows no tokens. */
export const plainTicket: Ticket = { path: "/", subprotocols: [FALLBACK_SUBPROTOCOL] };

/** Where a client connects, and what it speaks there. */
export interface Entrance {
  readonly port: number;
  readonly tls?: boolean;
  /** Undefined for a proxy that copies raw bytes. */
  readonly ticket: Ticket | undefined;
}

/** How a proxy ended a session: a close frame's code, or 1006 without one. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  /** `Date.now()` when it was read. */
  readonly at: number;
}

/** One buffer for all clients: what is read is used before the next read. */
const shared = Buffer.allocUnsafe(256 * 1024);

/** A client's end of a session: it frames and masks, unless the proxy copies raw bytes. */
export class Client {
  readonly socket: Socket;
  /** Console bytes; the slice is valid only until the call returns. */
  onPayload: (bytes: Buffer) => void = ignore;
  onText: (message: string) => void = ignore;
  readonly ended: Promise<Ending>;
  readonly #framed: boolean;
  readonly #reader: FrameReader;
  readonly #end: (ending: Ending) => void;
  #paused = false;
  #gentle = false;
  /** The answer to the upgrade request, until it is complete. */
  #answer: Buffer | undefined;
  #upgraded: (error?: Error) => void = ignore;
  /** What the answer has to prove that the proxy speaks WebSocket. */
  #accept = "";

  private constructor({ port, ticket, tls = false }: Entrance) {
    this.#framed = ticket !== undefined;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#end = resolve;
    this.#reader = new FrameReader({
      payload: (bytes) => this.onPayload(bytes),
      text: (message) => this.onText(message),
      ping: (payload) => void this.socket.write(maskedFrame(payload, Opcode.pong)),
      close: (code, reason) => {
        this.#end({ code, reason, at: Date.now() });
        this.close(code);
      },
    });
    const callback = (length: number): boolean => {
      this.#read(shared.subarray(0, length));
      if (this.#gentle) setImmediate(() => this.#paused || this.socket.resume());
      return !this.#paused && !this.#gentle;
    };
    const where: TcpNetConnectOpts = { host: "127.0.0.1", port, noDelay: true, onread: { buffer: shared, callback } };
    this.socket = tls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    this.socket.on("error", ignore);
    this.socket.once("close", () => {
      this.#end({ code: 1006, reason: "", at: Date.now() });
      this.#upgraded(new Error("the proxy closed the connection instead of answering the upgrade request"));
    });
  }

  /** @throws Error when the proxy does not accept */
  static async open(entrance: Entrance): Promise<Client> {
    const { port, ticket, tls = false } = entrance;
    const client = new Client(entrance);
    const failed = once(client.socket, "error").then(([error]) => Promise.reject(error as Error));
    await Promise.race([once(client.socket, tls ? "secureConnect" : "connect"), failed]);
    failed.catch(ignore);
    if (ticket !== undefined) await client.#upgrade(port, ticket);
    return client;
  }

  /** The bytes that carry `payload`, to be written as often as wanted. */
  encode(payload: Uint8Array): Uint8Array {
    return this.#framed ? maskedFrame(payload) : payload;
  }

  /** Sends console bytes; false when the socket is behind. */
  send(payload: Uint8Array): boolean {
    return this.socket.write(this.encode(payload));
  }

  sendText(text: string): boolean {
    return this.socket.write(maskedFrame(Buffer.from(text), Opcode.text));
  }

  sendPing(): boolean {
    return this.socket.write(maskedFrame(Buffer.alloc(0), Opcode.ping));
  }

  /** Takes effect at once, or after the read that is under way. */
  pause(): void {
    this.#paused = true;
    this.socket.pause();
  }

  /** From now on it reads one buffer in a turn, so that the others of a busy generator get theirs. */
  readOncePerTurn(): void {
    this.#gentle = true;
  }

  resume(): void {
    this.#paused = false;
    this.socket.resume();
  }

  /** Says goodbye the way its protocol does it; the proxy then ends the connection. */
  close(code = 1000): void {
    if (!this.#framed) return void this.socket.end();
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code === 1005 || code === 1006 ? 1000 : code);
    this.socket.end(maskedFrame(payload, Opcode.close));
  }

  /** Ends the connection by force. */
  abort(): void {
    // Node cannot reset one with TLS.
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  #read(bytes: Buffer): void {
    try {
      if (!this.#framed) this.onPayload(bytes);
      else if (this.#answer === undefined) this.#reader.read(bytes);
      else this.#readAnswer(this.#answer, bytes);
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }

  async #upgrade(port: number, { path, subprotocols }: Ticket): Promise<void> {
    const key = randomBytes(16).toString("base64");
    this.#answer = Buffer.alloc(0);
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Protocol: ${subprotocols.join(", ")}\r\n\r\n`,
    );
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#upgraded = (error) => (error === undefined ? resolve() : reject(error));
    this.#accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    await promise;
  }

  #readAnswer(before: Buffer, bytes: Buffer): void {
    const answer = Buffer.concat([before, bytes]);
    const end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      this.#answer = answer;
      return;
    }
    this.#answer = undefined;
    const head = answer.toString("latin1", 0, end);
    if (!head.startsWith("HTTP/1.1 101") || !head.includes(this.#accept)) {
      this.#upgraded(new Error(`expected an accepted upgrade, but got ${JSON.stringify(head)}`));
      this.socket.destroy();
      return;
    }
    this.#upgraded();
    if (answer.length > end + 4) this.#reader.read(answer.subarray(end + 4));
  }
}

function ignore(): void {}
