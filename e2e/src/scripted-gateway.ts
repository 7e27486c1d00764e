import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import {
  CloseCode,
  type ClientMessage,
  type ServerCloseReason,
  type ServerMessage,
  SUBPROTOCOL,
} from "@curfew/protocol";
import type { WebSocket } from "ws";
import type { SocketServer } from "./web-server.ts";

/** What a {@link ScriptedGateway} does with a connection that opens. */
export interface GatewayScript {
  /** `host:port` of the console behind it; without one the console stays silent. */
  readonly target?: string;
  /** The `hello`; null sends none, like a gateway that hangs. @defaultValue one hour, renewable */
  readonly hello?: { readonly expiresInMs: number | null; readonly renewable: boolean } | null;
  /** Ends the connection at once with this reason. */
  readonly refuse?: ServerCloseReason;
  /** Leaves pings without an answer. */
  readonly deaf?: boolean;
  /** Closes the connection with this code at the page's first message; 1006 is a connection that breaks. */
  readonly closeWith?: number;
}

/** One connection of the page, as its gateway sees it. */
export class ScriptedConnection {
  /** Path and query that the page connected to. */
  readonly path: string;
  /** The subprotocols that the page offered. */
  readonly protocols: readonly string[];
  readonly #socket: WebSocket;
  readonly #target: Socket | null;
  readonly #renewals: string[] = [];
  readonly #pings: number[] = [];
  #pauses = 0;
  #isPaused = false;

  constructor(socket: WebSocket, request: IncomingMessage, script: GatewayScript) {
    this.#socket = socket;
    this.path = request.url ?? "";
    this.protocols = (request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
    this.#target = script.target === undefined ? null : this.#dial(script.target);
    socket.on("message", (data: Buffer, isBinary) => {
      if (script.closeWith !== undefined) this.close(script.closeWith);
      else if (isBinary) this.#target?.write(data);
      else this.#hear(JSON.parse(data.toString()) as ClientMessage, script);
    });
    socket.on("close", () => {
      this.#target?.destroy();
    });
  }

  /** Tokens that the page wants to renew with. */
  get renewals(): readonly string[] {
    return this.#renewals;
  }

  /** Ids of the page's pings. */
  get pings(): readonly number[] {
    return this.#pings;
  }

  /** How often the page could not keep up. */
  get pauses(): number {
    return this.#pauses;
  }

  send(message: ServerMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Ends the session the way a gateway does: `bye`, then the close frame. */
  end(reason: ServerCloseReason, detail?: string): void {
    this.send({ type: "bye", reason, ...(detail === undefined ? {} : { detail }) });
    this.close(CloseCode[reason], reason);
  }

  /** 1006 breaks the connection: that code is never sent (RFC 6455, section 7.4.1). */
  close(code: number, reason = ""): void {
    this.#target?.destroy();
    if (code === 1006) this.#socket.terminate();
    else this.#socket.close(code, reason);
  }

  #hear(message: ClientMessage, script: GatewayScript): void {
    if (message.type === "ping") {
      this.#pings.push(message.id);
      if (script.deaf !== true) this.send({ type: "pong", id: message.id });
    }
    if (message.type === "renew") this.#renewals.push(message.token);
    if (message.type === "pause") {
      this.#pauses += 1;
      this.#isPaused = true;
    } else if (message.type === "resume") {
      this.#isPaused = false;
      this.#target?.resume();
    }
  }

  #dial(target: string): Socket {
    const { hostname, port } = new URL(`tcp://${target}`);
    const socket = connect(Number(port), hostname);
    // As a gateway does: reads no more than the page takes.
    socket.on("data", (data) => {
      socket.pause();
      this.#socket.send(data, () => {
        if (!this.#isPaused) socket.resume();
      });
    });
    // A console that goes away is the test's own doing; what the page makes of it is checked there.
    socket.on("error", () => {});
    return socket;
  }
}

/** Stands where the gateway would be and does what a test tells it: drives the page into every state. */
export class ScriptedGateway {
  readonly connections: ScriptedConnection[] = [];
  #script: GatewayScript = {};
  #waiting: ((connection: ScriptedConnection) => void)[] = [];

  /** Takes every WebSocket that pages of `server` open from now on. */
  constructor(server: Pick<SocketServer, "onWebSocket">) {
    server.onWebSocket = (socket, request) => {
      this.#accept(socket, request);
    };
  }

  /** What happens with connections from now on; silent consoles if never said. */
  follow(script: GatewayScript): void {
    this.#script = script;
  }

  /** The next connection that opens. Ask before doing what opens it. */
  next(): Promise<ScriptedConnection> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const script = this.#script;
    const connection = new ScriptedConnection(socket, request, script);
    this.connections.push(connection);
    if (script.refuse !== undefined) connection.end(script.refuse);
    else if (script.hello !== null && socket.protocol === SUBPROTOCOL) {
      const { expiresInMs, renewable } = script.hello ?? { expiresInMs: 3_600_000, renewable: true };
      connection.send({ type: "hello", session: "7f3a9c52", expiresInMs, renewable });
    }
    for (const resolve of this.#waiting.splice(0)) resolve(connection);
  }
}
