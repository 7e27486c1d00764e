import type { ServerMessage } from "@curfew/protocol";

/** A WebSocket whose server is the test. */
export class FakeSocket extends EventTarget {
  readonly url: string;
  readonly offered: readonly string[];
  readonly sent: (string | Uint8Array)[] = [];
  readonly extensions = "";
  readonly bufferedAmount = 0;
  binaryType: BinaryType = "blob";
  protocol = "";
  readyState: 0 | 1 | 2 | 3 = 0;
  closedWith: { code?: number; reason?: string } | null = null;
  /** Called with what the client sends. */
  onsent: ((data: string | Uint8Array) => void) | null = null;

  constructor(url: string, offered: readonly string[]) {
    super();
    this.url = url;
    this.offered = offered;
  }

  send(data: string | Uint8Array): void {
    if (this.readyState === 0) throw new DOMException("still connecting", "InvalidStateError");
    if (this.readyState !== 1) return;
    const copy = typeof data === "string" ? data : Uint8Array.from(data);
    this.sent.push(copy);
    this.onsent?.(copy);
  }

  close(code?: number, reason?: string): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.closedWith = { ...(code === undefined ? {} : { code }), ...(reason === undefined ? {} : { reason }) };
  }

  accept(protocol = "curfew.v1"): void {
    this.protocol = protocol;
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  control(message: ServerMessage): void {
    this.text(JSON.stringify(message));
  }

  text(data: string): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  bytes(data: Uint8Array | readonly number[]): void {
    this.dispatchEvent(new MessageEvent("message", { data: Uint8Array.from(data).buffer }));
  }

  end(code: number, reason = ""): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  }

  hello(expiresInMs: number | null = null, renewable = true): void {
    this.control({ type: "hello", session: "s1", expiresInMs, renewable });
  }

  /** The control messages that the client sent. */
  get controls(): Record<string, unknown>[] {
    return this.sent.filter((data) => typeof data === "string").map((text) => JSON.parse(text) as never);
  }
}

/** Hands out {@link FakeSocket}s and keeps them. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly open = (url: string, protocols: string[]): WebSocket => {
    const socket = new FakeSocket(url, protocols);
    this.sockets.push(socket);
    this.onsocket?.(socket);
    return socket as unknown as WebSocket;
  };
  onsocket: ((socket: FakeSocket) => void) | null = null;

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}
