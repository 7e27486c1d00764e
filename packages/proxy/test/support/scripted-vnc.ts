import { once } from "node:events";
import type { Duplex } from "node:stream";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import { listenAtEndpoint } from "./endpoint-server.ts";

export const VERSION = Buffer.from("RFB 003.008\n");
export const OK = Buffer.from([0, 0, 0, 0]);

/** One connection to a {@link ScriptedVnc}. */
export class ScriptedConnection {
  #stream: Duplex;
  #unread: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  /** Everything that came, in plain or decrypted. */
  received: Buffer = Buffer.alloc(0);
  isClosed = false;
  /** Whether to send single bytes, each in a turn of its own. */
  inSingleBytes = false;

  constructor(socket: Duplex) {
    this.#stream = this.#listen(socket);
  }

  get stream(): Duplex {
    return this.#stream;
  }

  /** Exactly so many bytes. */
  async read(length: number): Promise<Buffer> {
    await this.#until(() => this.#unread.length >= length, `${length} bytes`);
    const bytes = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return bytes;
  }

  async send(...bytes: readonly (Buffer | number)[]): Promise<void> {
    const all = Buffer.concat(bytes.map((part) => (typeof part === "number" ? Buffer.of(part) : part)));
    if (!this.inSingleBytes) return void this.#stream.write(all);
    for (const byte of all) {
      this.#stream.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Goes on in TLS, as the server. */
  async startTls(options: TlsOptions): Promise<void> {
    const below = this.#stream.removeAllListeners("data").pause();
    const server = createServer(options);
    server.emit("connection", below);
    const [secured] = (await once(server, "secureConnection")) as [TLSSocket];
    this.#stream = this.#listen(secured);
  }

  end(): void {
    this.#stream.end();
  }

  async untilClosed(): Promise<void> {
    await this.#until(() => this.isClosed, "the end").catch(() => {});
  }

  #listen(stream: Duplex): Duplex {
    return stream
      .on("data", (chunk: Buffer) => {
        this.received = Buffer.concat([this.received, chunk]);
        this.#unread = Buffer.concat([this.#unread, chunk]);
        this.#wake();
      })
      .on("error", () => {})
      .on("close", () => {
        this.isClosed = true;
        this.#wake();
      });
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.isClosed) throw new Error(`the connection ended before ${what}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A VNC server that does what a script says, to the letter. */
export interface ScriptedVnc extends AsyncDisposable {
  readonly address: string;
  /** The first connection. */
  readonly connection: Promise<ScriptedConnection>;
}

/** Starts a server whose every connection runs the script; what the script throws once the gateway left is dropped. */
export async function startScriptedVnc(
  script: (connection: ScriptedConnection) => Promise<void>,
): Promise<ScriptedVnc> {
  const { promise, resolve } = Promise.withResolvers<ScriptedConnection>();
  const server = await listenAtEndpoint("tcp", (socket) => {
    const connection = new ScriptedConnection(socket.setNoDelay(true));
    resolve(connection);
    script(connection).catch(() => {});
  });
  return {
    address: server.address,
    connection: promise,
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
}

/** The server's side of RFB 3.8 up to the client's choice of a security type, which it returns. */
export async function offer(connection: ScriptedConnection, ...types: readonly number[]): Promise<number> {
  await connection.send(VERSION);
  await connection.read(VERSION.length);
  await connection.send(types.length, ...types);
  return (await connection.read(1)).readUInt8();
}

/** A big-endian number. */
export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** A text with its length in front. */
export function withLength(text: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)]);
}
