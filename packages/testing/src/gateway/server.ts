import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { expectInteger } from "../faults/fault.ts";
import { formatAddress } from "../net/address.ts";
import { FakeGateway } from "./gateway.ts";
import type { PageSocket } from "./page-socket.ts";
import type { GatewayOptions, GatewayScript } from "./script.ts";
import { chooseSubprotocol } from "./subprotocol.ts";

/** Options of {@link startFakeGateway}. */
export interface FakeGatewayOptions extends GatewayOptions {
  /** Address to listen on. @defaultValue `"127.0.0.1"` */
  readonly host?: string;
  /** Port to listen on; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
}

/** A fake gateway on real WebSockets. */
export class FakeGatewayServer extends FakeGateway {
  readonly #server: WebSocketServer;
  readonly #scripts = new WeakMap<IncomingMessage, GatewayScript>();
  #url = "";
  #stopped: Promise<unknown> | undefined;

  private constructor({ host = "127.0.0.1", port = 0, ...options }: FakeGatewayOptions) {
    super(options);
    expectInteger("port", port, 0, 65_535);
    this.#server = new WebSocketServer({
      host,
      port,
      handleProtocols: (offered) => chooseSubprotocol([...offered], this.subprotocol) || false,
      verifyClient: ({ req }, decide) => {
        const script = this.nextScript();
        if (script !== undefined) this.#scripts.set(req, script);
        decide(script !== undefined, 503);
      },
    });
    this.#server.on("connection", (socket, request) => this.#connected(socket, request));
  }

  /** @internal Use {@link startFakeGateway}. */
  static async start(options: FakeGatewayOptions): Promise<FakeGatewayServer> {
    const gateway = new FakeGatewayServer(options);
    await once(gateway.#server, "listening");
    const { address, port } = gateway.#server.address() as AddressInfo;
    gateway.#url = `ws://${formatAddress(address, port)}`;
    return gateway;
  }

  /** Where pages connect: `ws://host:port`, with any path. */
  get url(): string {
    return this.#url;
  }

  /** @internal */
  protected override async stop(): Promise<void> {
    await (this.#stopped ??= this.#end());
  }

  async #end(): Promise<void> {
    for (const session of this.sessions) if (session.open) session.drop();
    // `close` waits for sockets that are still in their closing handshake.
    for (const socket of this.#server.clients) socket.terminate();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #connected(socket: WebSocket, request: IncomingMessage): void {
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/).filter((name) => name !== "");
    const session = this.welcome(new ServerSocket(socket, request.url ?? "/", offered), this.#scripts.get(request)!);
    socket.on("message", (data: RawData, isBinary) =>
      session.received(isBinary ? (data as Buffer) : (data as Buffer).toString()),
    );
    socket.on("close", (code, reason) => session.socketClosed(code, reason.toString()));
    // What the page sends against RFC 6455 ends the connection with an event of its own.
    socket.on("error", () => {});
  }
}

class ServerSocket implements PageSocket {
  readonly path: string;
  readonly offered: readonly string[];
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, path: string, offered: readonly string[]) {
    this.#socket = socket;
    this.path = path;
    this.offered = offered;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(data: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data, () => resolve());
      else resolve();
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  drop(): void {
    this.#socket.terminate();
  }
}

/**
 * Starts a fake gateway on real WebSockets, for any client: a browser, or a test without one.
 * @throws RangeError for an option outside its range; or the error of `listen`, such as EADDRINUSE
 */
export function startFakeGateway(options: FakeGatewayOptions = {}): Promise<FakeGatewayServer> {
  return FakeGatewayServer.start(options);
}
