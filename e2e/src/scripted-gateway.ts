import { connect, type Socket } from "node:net";
import { CloseCode, type ClientMessage, type ServerCloseReason, type ServerMessage } from "@curfew/protocol";
import type { Page, WebSocketRoute } from "@playwright/test";

/** What a {@link ScriptedGateway} does with a connection that opens. */
export interface GatewayScript {
  /** `host:port` of the console behind it; without one the console stays silent. */
  readonly target?: string;
  /** The `hello`; null sends none, like a gateway that hangs. @defaultValue one hour, renewable */
  readonly hello?: { readonly expiresInMs: number | null; readonly renewable: boolean } | null;
  /** Ends the connection at once with this reason. */
  readonly refuse?: ServerCloseReason;
  /** Closes the connection with this code at the page's first message; 1006 is a connection that breaks. */
  readonly closeWith?: number;
}

/** One connection of the page, as its gateway sees it. */
export class ScriptedConnection {
  readonly url: string;
  /** The subprotocols that the page offered. */
  readonly protocols: readonly string[];
  readonly #route: WebSocketRoute;
  readonly #target: Socket | null;
  readonly #renewals: string[] = [];

  constructor(route: WebSocketRoute, script: GatewayScript) {
    this.#route = route;
    this.url = route.url();
    this.protocols = route.protocols();
    this.#target = script.target === undefined ? null : this.#dial(script.target);
    route.onMessage((message) => {
      if (script.closeWith !== undefined) void this.close(script.closeWith);
      else if (typeof message === "string") this.#hear(JSON.parse(message) as ClientMessage);
      else this.#target?.write(message);
    });
    route.onClose(() => {
      this.#target?.destroy();
    });
  }

  /** Tokens that the page wants to renew with. */
  get renewals(): readonly string[] {
    return this.#renewals;
  }

  send(message: ServerMessage): void {
    this.#route.send(JSON.stringify(message));
  }

  /** Ends the session the way a gateway does: `bye`, then the close frame. */
  async end(reason: ServerCloseReason, detail?: string): Promise<void> {
    this.send({ type: "bye", reason, ...(detail === undefined ? {} : { detail }) });
    await this.close(CloseCode[reason], reason);
  }

  async close(code: number, reason = ""): Promise<void> {
    this.#target?.destroy();
    await this.#route.close({ code, reason });
  }

  #hear(message: ClientMessage): void {
    if (message.type === "ping") this.send({ type: "pong", id: message.id });
    if (message.type === "renew") this.#renewals.push(message.token);
  }

  #dial(target: string): Socket {
    const { hostname, port } = new URL(`tcp://${target}`);
    const socket = connect(Number(port), hostname);
    socket.on("data", (data) => {
      this.#route.send(data);
    });
    // A console that goes away is the test's own doing; what the page makes of it is checked there.
    socket.on("error", () => {});
    return socket;
  }
}

/** Stands where the gateway would be, inside the browser's network: drives the page into every state. */
export class ScriptedGateway {
  readonly connections: ScriptedConnection[] = [];
  #script: GatewayScript = {};
  #waiting: ((connection: ScriptedConnection) => void)[] = [];

  /** Takes over every WebSocket that `page` opens from now on. */
  static async install(page: Page, script: GatewayScript = {}): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    gateway.#script = script;
    await page.routeWebSocket(/.*/, (route) => {
      gateway.#accept(route);
    });
    return gateway;
  }

  /** What happens with connections from now on. */
  follow(script: GatewayScript): void {
    this.#script = script;
  }

  /** The next connection that opens. Ask before doing what opens it. */
  next(): Promise<ScriptedConnection> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #accept(route: WebSocketRoute): void {
    const script = this.#script;
    const connection = new ScriptedConnection(route, script);
    this.connections.push(connection);
    if (script.refuse !== undefined) void connection.end(script.refuse);
    else if (script.hello !== null) {
      const { expiresInMs, renewable } = script.hello ?? { expiresInMs: 3_600_000, renewable: true };
      connection.send({ type: "hello", session: "7f3a9c52", expiresInMs, renewable });
    }
    for (const resolve of this.#waiting.splice(0)) resolve(connection);
  }
}
