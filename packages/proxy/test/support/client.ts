import { parseServerMessage, type ServerMessage } from "@curfew/protocol";
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { trusted } from "./transport.ts";

export interface ClientOptions {
  /** Subprotocols to offer. @defaultValue `curfew.v1`, `binary` */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue `/?token=…` */
  readonly path?: string;
  /** A connection to use. @defaultValue a new one */
  readonly connection?: Socket | undefined;
}

type MessageOf<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

/** A WebSocket client that keeps what it is told, and counts and hashes the console's bytes. */
export class Client implements Disposable {
  readonly socket: WebSocket;
  /** Text frames, parsed. */
  readonly messages: ServerMessage[] = [];
  readonly texts: string[] = [];
  /** What came, in order: the type of each message, `bytes` for a run of binary frames, at last `close`. */
  readonly order: string[] = [];
  /** The first bytes received. */
  readonly head: Buffer[] = [];
  received = 0;
  /** Never rejects; code 1006 stands for an end without a close frame. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #hash = createHash("sha256");
  readonly #waiting = new Set<() => void>();
  #over = false;

  constructor(host: string, token: string | undefined, options: ClientOptions = {}) {
    const { protocols = ["curfew.v1", "binary"], headers = {} } = options;
    const path = options.path ?? (token === undefined ? "/" : `/?token=${encodeURIComponent(token)}`);
    const tls = trusted();
    const url = `${tls === undefined ? "ws" : "wss"}://${host.replace(/^\w+:\/\//, "")}${path}`;
    const { connection } = options;
    const own = connection && { createConnection: (): Socket => connection };
    this.socket = new WebSocket(url, [...protocols], { headers, ...tls, ...own });
    this.socket.on("error", () => {});
    this.socket.on("message", (data: Buffer, isBinary) => this.#take(data, isBinary));
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        this.#over = true;
        this.order.push("close");
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  get hash(): string {
    return this.#hash.copy().digest("hex");
  }

  /** The first message of a type, past or future, from the `from`th message on. */
  async message<Type extends ServerMessage["type"]>(type: Type, from = 0): Promise<MessageOf<Type>> {
    const find = (): ServerMessage | undefined => this.messages.slice(from).find((message) => message.type === type);
    await this.until(() => find() !== undefined, `a message "${type}"`);
    return find() as MessageOf<Type>;
  }

  /** Waits until at least so many console bytes have come. */
  async bytes(count: number): Promise<void> {
    await this.until(() => this.received >= count, `${count} bytes, not only ${this.received}`);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#over) throw new Error(`the connection ended before ${what}; it brought ${this.order.join(", ")}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Sends a control message. */
  control(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.received += data.length;
      this.#hash.update(data);
      if (this.head.length < 100) this.head.push(data);
      if (this.order.at(-1) !== "bytes") this.order.push("bytes");
    } else {
      const text = data.toString();
      const parsed = parseServerMessage(text);
      this.texts.push(text);
      if (parsed.ok === true) this.messages.push(parsed.message);
      this.order.push(parsed.ok === true ? parsed.message.type : "unknown text");
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
