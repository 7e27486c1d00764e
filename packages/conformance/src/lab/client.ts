import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { ByteQueue } from "./byte-queue.ts";

/** How a client connects. */
export interface ClientOptions {
  /** @defaultValue `/?token=…` where there is a token */
  readonly path?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue none */
  readonly protocols?: readonly string[];
}

/** How a WebSocket ended; code 1006 stands for an end without a close frame, 1005 for one without a code. */
export interface ClientEnd {
  readonly code: number;
  readonly reason: string;
  /** When it was noticed, in milliseconds since the epoch. */
  readonly at: number;
}

/** A browser's WebSocket, or a client as stock viewers are. */
export class Client {
  readonly received: ByteQueue = new ByteQueue();
  /** Fulfils when the WebSocket is open or has failed to open. */
  readonly settled: Promise<void>;
  readonly closed: Promise<ClientEnd>;
  readonly webSocket: WebSocket;
  /** Below the WebSocket. */
  readonly socket: Socket;
  /** How many console bytes came. */
  total = 0;

  /** @param url - of the proxy, without a path. */
  constructor(url: URL, { token, headers = {}, protocols = [], ...rest }: ClientOptions) {
    const path = rest.path ?? (token === undefined ? "/" : `/?token=${encodeURIComponent(token)}`);
    this.socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port), noDelay: true });
    this.webSocket = new WebSocket(`ws://${url.host}${path}`, [...protocols], {
      headers: { ...headers },
      perMessageDeflate: false,
      createConnection: () => this.socket,
    });
    this.webSocket.on("error", () => {});
    this.webSocket.on("message", (data: Buffer) => {
      this.total += data.length;
      this.received.push(data);
    });
    this.settled = new Promise((resolve) => {
      this.webSocket.once("open", resolve).once("close", () => resolve());
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.once("close", (code, reason) => {
        this.received.end();
        resolve({ code, reason: reason.toString(), at: Date.now() });
      });
    });
  }

  async read(length: number): Promise<Buffer> {
    return await this.received.read(length);
  }

  send(bytes: Uint8Array | string): void {
    this.webSocket.send(bytes);
  }
}
