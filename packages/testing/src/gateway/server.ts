import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { expectInteger } from "../faults/fault.ts";
import { formatAddress } from "../net/address.ts";
import { FakeGateway } from "./gateway.ts";
import type { PageSocket } from "./page-socket.ts";
import type { FakeGatewayOptions } from "./script.ts";
import { chooseSubprotocol } from "./subprotocol.ts";
import { dialTcp } from "./tcp-console-line.ts";

/** Options of {@link startFakeGateway}. */
export interface FakeGatewayServerOptions extends FakeGatewayOptions {
  /** Address to listen on. @defaultValue `"127.0.0.1"` */
  readonly host?: string;
  /** Port to listen on; 0 is any free one. @defaultValue 0 */
  readonly port?: number;
  /**
   * A web server that already listens, such as the one that serves the page: the gateway takes its WebSockets instead of
   * listening itself, and leaves the server running when it closes. Excludes `host` and `port`.
   */
  readonly server?: Server;
}

/** A fake gateway on real WebSockets. */
export class FakeGatewayServer extends FakeGateway {
  /** Where pages connect: `ws://host:port`, with any path. */
  readonly url: string;
  readonly #server: Server;
  /** Whether the server is the gateway's own. */
  readonly #owned: boolean;
  readonly #sockets: WebSocketServer;
  #stopped: Promise<unknown> | undefined;

  private constructor(server: Server, owned: boolean, options: FakeGatewayOptions) {
    super(options, dialTcp);
    const { address, port } = server.address() as AddressInfo;
    this.url = `ws://${formatAddress(address, port)}`;
    this.#server = server;
    this.#owned = owned;
    this.#sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => chooseSubprotocol([...offered], this.subprotocol) || false,
    });
    server.on("upgrade", this.#upgrade);
  }

  /** @internal Use {@link startFakeGateway}. */
  static async start(options: FakeGatewayServerOptions): Promise<FakeGatewayServer> {
    const { server, host, port, ...gatewayOptions } = options;
    if (server !== undefined) {
      if (host !== undefined || port !== undefined) throw new RangeError("server excludes host and port");
      if (!server.listening) throw new RangeError("server does not listen; expected one that does");
      return new FakeGatewayServer(server, false, gatewayOptions);
    }
    expectInteger("port", port ?? 0, 0, 65_535);
    const own = createServer((_, response) => void response.writeHead(426, { upgrade: "websocket" }).end());
    own.listen(port ?? 0, host ?? "127.0.0.1");
    await once(own, "listening");
    try {
      return new FakeGatewayServer(own, true, gatewayOptions);
    } catch (error) {
      own.close();
      throw error;
    }
  }

  /** @internal */
  protected override async stop(): Promise<void> {
    await (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#server.off("upgrade", this.#upgrade);
    for (const session of this.sessions) if (session.open) session.drop();
    // Sockets in their closing handshake stay open until it is complete.
    for (const socket of this.#sockets.clients) socket.terminate();
    if (!this.#owned) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const script = this.nextScript();
    if (script === undefined) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const offered = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/).filter((name) => name !== "");
      const session = this.welcome(new ServerSocket(webSocket, request.url ?? "/", offered), script);
      webSocket.on("message", (data: RawData, isBinary) =>
        session.message(isBinary ? (data as Buffer) : (data as Buffer).toString()),
      );
      webSocket.on("close", (code, reason) => session.socketClosed(code, reason.toString()));
      // A page that violates RFC 6455 ends its connection; the close event reports that.
      webSocket.on("error", () => {});
    });
  };
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

  send(data: string | Uint8Array): Promise<void> {
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
export function startFakeGateway(options: FakeGatewayServerOptions = {}): Promise<FakeGatewayServer> {
  return FakeGatewayServer.start(options);
}
