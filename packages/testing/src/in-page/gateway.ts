import { FakeGateway } from "../gateway/gateway.ts";
import type { PageSocket } from "../gateway/page-socket.ts";
import type { FakeGatewayOptions, GatewayScript } from "../gateway/script.ts";
import type { FakeSession } from "../gateway/session.ts";
import { chooseSubprotocol } from "../gateway/subprotocol.ts";
import { FakeWebSocket } from "./web-socket.ts";

const ABNORMAL = 1006;

/** Options of an {@link InPageGateway}. */
export interface InPageGatewayOptions extends Omit<FakeGatewayOptions, "target"> {
  /**
   * `"manual"` leaves the opening and closing handshakes to the test: `socket.accept()` and `socket.end()`.
   * @defaultValue `"automatic"`
   */
  readonly handshakes?: "automatic" | "manual";
}

/**
 * A fake gateway without a network, for unit tests of code that opens WebSockets: in Node or in a browser, also with a
 * test runner's fake timers. Pass {@link webSocket} to the code under test. Messages to the page are delivered before
 * the method that sends them returns. There is no console behind it: `session.write` is the console's output.
 */
export class InPageGateway extends FakeGateway {
  /** Opens a WebSocket, as the option `webSocket` of the SDK's consoles does. */
  readonly webSocket = (url: string, protocols: string | readonly string[] = []): WebSocket =>
    this.#connect(url, typeof protocols === "string" ? [protocols] : protocols) as unknown as WebSocket;
  /** Called with each WebSocket that the page creates, before it opens. */
  onsocket: ((socket: FakeWebSocket) => void) | undefined;
  readonly #manual: boolean;
  readonly #sockets: FakeWebSocket[] = [];
  readonly #waiting: ((socket: FakeWebSocket) => void)[] = [];

  /** @throws RangeError for an option outside its range */
  constructor({ handshakes = "automatic", ...options }: InPageGatewayOptions = {}) {
    super(options, () => {
      throw new RangeError("target needs a gateway on the network; expected none");
    });
    this.#manual = handshakes === "manual";
  }

  /** Every WebSocket so far in order of arrival, closed ones included. */
  get sockets(): readonly FakeWebSocket[] {
    return this.#sockets;
  }

  /**
   * The newest WebSocket.
   * @throws Error when there is none
   */
  get socket(): FakeWebSocket {
    return newest(this.#sockets, "WebSocket");
  }

  /**
   * The session of the newest WebSocket that opened.
   * @throws Error when there is none
   */
  get session(): FakeSession {
    return newest(this.sessions, "session");
  }

  /** Forgets the WebSockets and events so far. */
  clear(): void {
    this.#sockets.length = 0;
    this.clearReceived();
  }

  /** The next WebSocket that the page creates, before it opens. Call it before the action that creates it. */
  nextSocket(): Promise<FakeWebSocket> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** @internal */
  protected override async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.end(ABNORMAL);
  }

  #connect(url: string, offered: readonly string[]): FakeWebSocket {
    let session: FakeSession | undefined;
    let end: { readonly code: number; readonly reason: string } | undefined;
    const script = this.nextScript();
    const socket: FakeWebSocket = new FakeWebSocket(url, offered, {
      opened: () => {
        session = this.welcome(pageSocket(socket), script!);
        // A session that refuses the connection is over when it begins.
        if (end) session.socketClosed(end.code, end.reason);
        return session;
      },
      message: (data) => queueMicrotask(() => session?.message(data)),
      closing: (code, reason) => {
        if (!this.#manual) queueMicrotask(() => socket.end(code, reason));
      },
      closed: (code, reason) => {
        end = { code, reason };
        session?.socketClosed(code, reason);
      },
    });
    this.#sockets.push(socket);
    for (const resolve of this.#waiting.splice(0)) resolve(socket);
    this.onsocket?.(socket);
    if (!this.#manual) queueMicrotask(() => this.#answer(socket, script));
    return socket;
  }

  /** Completes the opening handshake as a gateway does. */
  #answer(socket: FakeWebSocket, script: GatewayScript | undefined): void {
    const protocol = chooseSubprotocol(socket.offered, this.subprotocol);
    // Browsers fail a connection whose server chooses none of the offered subprotocols.
    if (script === undefined || (socket.offered.length > 0 && protocol === "")) socket.end(ABNORMAL);
    else socket.accept(protocol);
  }
}

function newest<Thing>(things: readonly Thing[], name: string): Thing {
  const thing = things.at(-1);
  if (thing === undefined) throw new Error(`no ${name} was opened`);
  return thing;
}

/** The gateway's end of a page's WebSocket. */
function pageSocket(socket: FakeWebSocket): PageSocket {
  const { pathname, search } = new URL(socket.url, "ws://gateway");
  return {
    path: pathname + search,
    offered: socket.offered,
    protocol: socket.protocol,
    send: (data) => Promise.resolve(socket.deliver(data)),
    close: (code, reason) => socket.end(code, reason),
    drop: () => socket.end(ABNORMAL),
  };
}
