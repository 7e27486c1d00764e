import { closeAction, type CloseAction } from "@curfew/protocol";
import { connect, type Socket } from "node:net";
import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE, upgradeRequest } from "../../support/raw-client.ts";
import { parseServerFrames } from "../../support/server-frames.ts";

/** How a connection ended. */
export interface End {
  /** Of the close frame; 1006 without one. */
  readonly code: number;
  readonly reason: string;
  /** `Date.now()` when it was read. */
  readonly at: number;
  /** What the SDK does then. */
  readonly action: CloseAction;
}

/** Code of an end without a close frame (RFC 6455, section 7.4.1). */
const BROKEN = 1006;

/** How long a session may take to open, in milliseconds. */
const OPEN_MS = 15_000;

let lastNumber = 0;

/** A client in few bytes, of which thousands fit into a process. It types, and notes when the console answers. */
export class ConsoleClient {
  /** What its console knows it by. */
  readonly name = `session-${(lastNumber += 1)}`;
  /** Fulfils with the console's first answer; rejects with an {@link OpenError} when it ends before. */
  readonly opened: Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<End>;
  end: End | undefined;
  /** The id of the session, from its `hello`. */
  session: string | undefined;
  readonly #socket: Socket;
  readonly #onEnd: (end: End) => void;
  readonly #onOpen: () => void;
  readonly #echoes: (() => void)[] = [];
  #isUpgraded = false;
  #rest: Buffer = Buffer.alloc(0);

  /** @param at - `host:port`. */
  constructor(at: string, token: string) {
    const ending = Promise.withResolvers<End>();
    const opening = Promise.withResolvers<void>();
    this.ended = ending.promise;
    this.opened = opening.promise;
    this.opened.catch(() => {});
    const timer = setTimeout(() => this.#socket.destroy(), OPEN_MS);
    this.#onOpen = () => {
      clearTimeout(timer);
      opening.resolve();
    };
    this.#onEnd = (end) => {
      clearTimeout(timer);
      ending.resolve(end);
      opening.reject(new OpenError(end));
    };
    const { hostname, port } = new URL(`http://${at}`);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("error", () => {}).on("data", (bytes: Buffer) => this.#take(bytes));
    this.#socket.on("close", () => this.#finish(BROKEN, ""));
    this.#socket.write(upgradeRequest(`/?token=${token}`, { Host: at, "Sec-WebSocket-Protocol": "curfew.v1, binary" }));
  }

  get isOpen(): boolean {
    return this.session !== undefined && this.end === undefined;
  }

  /** Types a key, and waits for the console's answer. Rejects when the connection ends. */
  async echo(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#echoes.push(resolve);
    this.#socket.write(clientFrame(OPCODE.binary, "k"));
    const end = await Promise.race([promise, this.ended]);
    if (end !== undefined) throw new OpenError(end);
  }

  /** Ends the session, as a page that is closed. */
  async close(): Promise<void> {
    this.#socket.end(clientFrame(OPCODE.close, Buffer.from([0x03, 0xe8])));
    await this.ended;
  }

  /** Breaks the connection. */
  abort(): void {
    this.#socket.resetAndDestroy();
  }

  #take(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isUpgraded) {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end === -1) return;
      if (!this.#rest.toString("latin1", 0, 12).startsWith("HTTP/1.1 101")) {
        this.#finish(BROKEN, this.#rest.toString("latin1", 0, 20));
        this.#socket.destroy();
        return;
      }
      this.#isUpgraded = true;
      this.#rest = this.#rest.subarray(end + 4);
    }
    const { frames, rest } = parseServerFrames(this.#rest);
    // A copy, so that thousands of clients do not keep the buffers of what they read.
    this.#rest = Buffer.from(rest);
    for (const { opcode, payload } of frames) this.#receive(opcode, payload);
  }

  #receive(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.text) this.#readMessage(payload.toString());
    if (opcode === OPCODE.ping) this.#socket.write(clientFrame(OPCODE.pong, payload));
    if (opcode === OPCODE.binary) {
      this.#onOpen();
      this.#echoes.shift()?.();
    }
    if (opcode === OPCODE.close) {
      this.#finish(payload.length < 2 ? 1005 : payload.readUInt16BE(0), payload.toString("utf8", 2));
      this.#socket.end(clientFrame(OPCODE.close, payload.subarray(0, 2)));
    }
  }

  #readMessage(text: string): void {
    const message = JSON.parse(text) as { type: string; session?: string };
    if (message.type !== "hello") return;
    this.session = message.session;
    this.#socket.write(clientFrame(OPCODE.binary, `${this.name}\n`));
  }

  #finish(code: number, reason: string): void {
    if (this.end !== undefined) return;
    this.end = { code, reason, at: Date.now(), action: closeAction(code) };
    this.#onEnd(this.end);
  }
}

/** A session did not open. */
export class OpenError extends Error {
  override readonly name = "OpenError";
  readonly end: End;

  constructor(end: End) {
    super(`the gateway ended it with ${end.code} ${end.reason}`);
    this.end = end;
  }
}
