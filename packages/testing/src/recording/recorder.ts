import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { expectInteger } from "../faults/fault.ts";
import { formatAddress, hostAndPort, type Target } from "../net/address.ts";
import { FOOTER, formatPiece, HEADER, type RecordedPiece } from "./format.ts";

/** Options of {@link recordRfb}. */
export interface RfbRecorderOptions {
  /** The VNC server to record: `host:port`, or a fake server. */
  readonly target: Target;
  /** Where the recording goes; a file that is there is replaced. */
  readonly file: string;
  /** Address to listen on. @defaultValue `"127.0.0.1"` */
  readonly host?: string;
  /** Port to listen on; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
}

/**
 * Stands in front of a VNC server and records one connection, both ways, with the time of each piece. The file holds
 * everything that was shown and typed.
 */
export class RfbRecorder implements AsyncDisposable {
  /** Settles when the recorded connection is over and the file complete; rejects when the server is not reachable. */
  readonly finished: Promise<void>;
  readonly #listener: Server;
  readonly #file: FileHandle;
  readonly #sockets: Socket[] = [];
  readonly #finish = Promise.withResolvers<void>();
  #written: Promise<unknown> = Promise.resolve();
  #address = "";
  #complete = false;

  private constructor(listener: Server, file: FileHandle, options: RfbRecorderOptions) {
    this.finished = this.#finish.promise;
    // Callers that do not await it learn of a failure from `close`.
    this.finished.catch(() => {});
    this.#listener = listener;
    this.#file = file;
    this.#write(HEADER);
    listener.once("connection", (client) => {
      // A recording holds one connection, so further ones are refused.
      listener.close();
      this.#record(client, options.target);
    });
  }

  /** @internal Use {@link recordRfb}. */
  static async start(options: RfbRecorderOptions): Promise<RfbRecorder> {
    const { host = "127.0.0.1", port = 0 } = options;
    expectInteger("port", port, 0, 65_535);
    hostAndPort(options.target);
    const listener = createServer();
    const file = await open(options.file, "w");
    try {
      const recorder = new RfbRecorder(listener, file, options);
      listener.listen(port, host);
      await once(listener, "listening");
      const bound = (listener.address() as AddressInfo).port;
      recorder.#address = formatAddress(host, bound);
      return recorder;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Where the client to record connects: `host:port`. */
  get address(): string {
    return this.#address;
  }

  /** The port of {@link address}. */
  get port(): number {
    return Number(this.#address.slice(this.#address.lastIndexOf(":") + 1));
  }

  /**
   * Ends the connection, if one is open, and completes the file. Safe to call more than once.
   * @throws Error when the server was not reachable
   */
  async close(): Promise<void> {
    this.#listener.close();
    if (this.#sockets.length === 0) this.#end(undefined);
    for (const socket of this.#sockets) socket.destroy();
    await this.finished;
  }

  /** So that `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #record(client: Socket, target: Target): void {
    const server = connect({ ...hostAndPort(target), noDelay: true });
    this.#sockets.push(client, server);
    client.setNoDelay(true);
    const started = performance.now();
    let failure: Error | undefined;
    let reached = false;
    const pass = (from: RecordedPiece["from"], source: Socket, sink: Socket): void => {
      source.on("data", (bytes: Buffer) => {
        this.#write(formatPiece({ atMs: performance.now() - started, from, bytes }));
        if (!sink.write(bytes)) source.pause();
      });
      sink.on("drain", () => source.resume());
      source.on("end", () => sink.end());
      source.on("error", (error) => {
        if (from === "server" && !reached) failure = error;
      });
      source.on("close", () => sink.destroySoon());
    };
    server.on("connect", () => (reached = true));
    pass("client", client, server);
    pass("server", server, client);
    server.on("close", () => this.#end(failure));
  }

  #write(text: string): void {
    if (this.#complete) return;
    this.#written = this.#written.then(() => this.#file.appendFile(text));
    this.#written.catch((error: unknown) => this.#finish.reject(error));
  }

  #end(failure: Error | undefined): void {
    if (this.#complete) return;
    this.#write(FOOTER);
    this.#complete = true;
    this.#closeFile(failure).then(this.#finish.resolve, this.#finish.reject);
  }

  async #closeFile(failure: Error | undefined): Promise<void> {
    try {
      await this.#written;
    } finally {
      await this.#file.close();
    }
    if (failure !== undefined) throw failure;
  }
}

/**
 * Starts a recorder in front of a VNC server. Connect the client to its `address` instead of the server's, and `close`
 * it, or wait for `finished`, when the session is over.
 * @throws RangeError for an option outside its range; or the error of `open` or `listen`, such as ENOENT
 */
export function recordRfb(options: RfbRecorderOptions): Promise<RfbRecorder> {
  return RfbRecorder.start(options);
}
