import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseServerFrames, type ServerFrame } from "./server-frames.ts";
import { trusted } from "./transport.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The bytes of an upgrade request; a header of `undefined` is left out. */
export function upgradeRequest(path: string, headers: Readonly<Record<string, string | undefined>> = {}): string {
  const all: Record<string, string | undefined> = {
    Host: "gateway.example",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}

/** A client without a WebSocket library: it says exactly what a test wants, and answers nothing by itself. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  readonly frames: ServerFrame[] = [];
  /** The answer to the upgrade request, without its body. */
  head = "";
  /** When the gateway destroyed or ended the connection. */
  readonly ended: Promise<void>;
  #rest = Buffer.alloc(0);
  #changed: () => void = () => {};
  #over = false;

  constructor(host: string) {
    const { hostname, port } = new URL(`http://${host}`);
    const options = { host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true };
    const tls = trusted();
    this.socket = tls === undefined ? connect(options) : connectTls({ ...options, ...tls });
    this.socket.on("data", (chunk: Buffer) => this.#take(chunk)).on("error", () => {});
    this.ended = new Promise((resolve) => {
      const over = (): void => {
        this.#over = true;
        this.#changed();
        resolve();
      };
      this.socket.on("end", over).on("close", over);
    });
  }

  write(...data: (string | Buffer)[]): void {
    this.socket.write(Buffer.concat(data.map((part) => Buffer.from(part))));
  }

  /** The status of the answer to the upgrade request. */
  async status(): Promise<number> {
    await this.until(() => this.head !== "");
    return Number(this.head.split(" ")[1]);
  }

  /** The text of an answer that is not an upgrade. */
  get body(): string {
    return this.#rest.toString();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#over)
        throw new Error(`the connection ended after ${this.head.split("\r\n")[0]}, ${this.frames.length} frames`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** The close frame. */
  async close(): Promise<{ code: number; reason: string }> {
    const find = (): ServerFrame | undefined => this.frames.find(({ opcode }) => opcode === OPCODE.close);
    await this.until(() => find() !== undefined);
    const payload = find()?.payload ?? Buffer.alloc(0);
    return { code: payload.length < 2 ? 1005 : payload.readUInt16BE(), reason: payload.subarray(2).toString() };
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.head === "") {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.head = this.#rest.subarray(0, end).toString();
        this.#rest = this.#rest.subarray(end + 4);
      }
    }
    if (this.head.startsWith("HTTP/1.1 101")) this.#parse();
    this.#changed();
  }

  #parse(): void {
    const { frames, rest } = parseServerFrames(this.#rest);
    this.frames.push(...frames);
    this.#rest = Buffer.from(rest);
  }
}
