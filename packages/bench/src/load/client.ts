import { FALLBACK_SUBPROTOCOL } from "@curfew/protocol";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import { FrameReader, Opcode } from "./frame-reader.ts";
import { maskedFrame } from "./masked-frame.ts";
import { resetSocket } from "./reset-socket.ts";

/** The upgrade request of a client. */
export interface UpgradeRequest {
  /** Path and query of the upgrade request. */
  readonly path: string;
  readonly subprotocols: readonly string[];
  /** When the proxy must end the session, in milliseconds since the epoch; undefined if it never does. */
  readonly expiresAt?: number;
}

/** The upgrade request to a proxy without tokens. */
export const PLAIN_UPGRADE: UpgradeRequest = { path: "/", subprotocols: [FALLBACK_SUBPROTOCOL] };

/** Where a client connects, and with which protocol. */
export interface ConnectOptions {
  readonly port: number;
  readonly tls?: boolean;
  /** Undefined for a proxy that copies raw bytes. */
  readonly upgrade: UpgradeRequest | undefined;
}

/** How a proxy ended a session: the code of its close frame, or 1006 without one. */
export interface SessionEnd {
  readonly code: number;
  readonly reason: string;
  /** `Date.now()` when the end was read. */
  readonly at: number;
}

/** One buffer for all clients: each read is used before the next. */
const SHARED_BUFFER = Buffer.allocUnsafe(256 * 1024);

/** The client side of a session: frames and masks payload, unless the proxy copies raw bytes. */
export class Client {
  readonly socket: Socket;
  /** Receives console bytes; the slice is valid only until the call returns. */
  onPayload: (bytes: Buffer) => void = ignore;
  onText: (message: string) => void = ignore;
  readonly ended: Promise<SessionEnd>;
  readonly #framed: boolean;
  readonly #reader: FrameReader;
  readonly #end: (ending: SessionEnd) => void;
  #paused = false;
  #oneReadPerTurn = false;
  /** The response to the upgrade request, until it is complete. */
  #response: Buffer | undefined;
  #upgraded: (error?: Error) => void = ignore;
  /** The value of Sec-WebSocket-Accept that proves that the proxy speaks WebSocket. */
  #accept = "";

  private constructor({ port, upgrade, tls = false }: ConnectOptions) {
    this.#framed = upgrade !== undefined;
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
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
      this.#read(SHARED_BUFFER.subarray(0, length));
      if (this.#oneReadPerTurn) setImmediate(() => this.#paused || this.socket.resume());
      return !this.#paused && !this.#oneReadPerTurn;
    };
    const options: TcpNetConnectOpts = {
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: { buffer: SHARED_BUFFER, callback },
    };
    this.socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
    this.socket.on("error", ignore);
    this.socket.once("close", () => {
      this.#end({ code: 1006, reason: "", at: Date.now() });
      this.#upgraded(new Error("the proxy closed the connection without a response to the upgrade request"));
    });
  }

  /** @throws Error if the proxy does not accept the connection */
  static async open(options: ConnectOptions): Promise<Client> {
    const { port, upgrade, tls = false } = options;
    const client = new Client(options);
    const failed = once(client.socket, "error").then(([error]) => Promise.reject(error as Error));
    await Promise.race([once(client.socket, tls ? "secureConnect" : "connect"), failed]);
    failed.catch(ignore);
    if (upgrade !== undefined) await client.#upgrade(port, upgrade);
    return client;
  }

  /** The bytes that carry `payload` on the wire; they may be written repeatedly. */
  encode(payload: Uint8Array): Uint8Array {
    return this.#framed ? maskedFrame(payload) : payload;
  }

  /** Sends console bytes. @returns false if the socket has to drain first */
  send(payload: Uint8Array): boolean {
    return this.socket.write(this.encode(payload));
  }

  sendText(text: string): boolean {
    return this.socket.write(maskedFrame(Buffer.from(text), Opcode.text));
  }

  sendPing(): boolean {
    return this.socket.write(maskedFrame(Buffer.alloc(0), Opcode.ping));
  }

  /** Stops reading, at the latest after the current read. */
  pause(): void {
    this.#paused = true;
    this.socket.pause();
  }

  /** Limits this client to one read per turn of the event loop, so that a busy generator serves the others, too. */
  readOncePerTurn(): void {
    this.#oneReadPerTurn = true;
  }

  resume(): void {
    this.#paused = false;
    this.socket.resume();
  }

  /** Closes the session in the way of its protocol; the proxy then closes the connection. */
  close(code = 1000): void {
    if (!this.#framed) return void this.socket.end();
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code === 1005 || code === 1006 ? 1000 : code);
    this.socket.end(maskedFrame(payload, Opcode.close));
  }

  /** Resets the connection. */
  abort(): void {
    resetSocket(this.socket);
  }

  #read(bytes: Buffer): void {
    try {
      if (!this.#framed) this.onPayload(bytes);
      else if (this.#response === undefined) this.#reader.read(bytes);
      else this.#readResponse(this.#response, bytes);
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }

  async #upgrade(port: number, { path, subprotocols }: UpgradeRequest): Promise<void> {
    const key = randomBytes(16).toString("base64");
    this.#response = Buffer.alloc(0);
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

  #readResponse(before: Buffer, bytes: Buffer): void {
    const response = Buffer.concat([before, bytes]);
    const end = response.indexOf("\r\n\r\n");
    if (end < 0) {
      this.#response = response;
      return;
    }
    this.#response = undefined;
    const head = response.toString("latin1", 0, end);
    if (!head.startsWith("HTTP/1.1 101") || !head.includes(this.#accept)) {
      this.#upgraded(new Error(`expected the upgrade to be accepted, but got ${JSON.stringify(head)}`));
      this.socket.destroy();
      return;
    }
    this.#upgraded();
    if (response.length > end + 4) this.#reader.read(response.subarray(end + 4));
  }
}

function ignore(): void {}
