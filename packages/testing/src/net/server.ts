import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { checkFaults, expectInteger, type Fault, type FaultScript } from "../faults/fault.ts";
import { formatAddress } from "./address.ts";
import type { ConnectionEnd, FakeConnection } from "./connection.ts";
import { type RecordedEvent, EventLog, type WaitOptions } from "./event-log.ts";
import { keepPort } from "./kept-port.ts";

/** Options of every fake server. */
export interface FakeServerOptions<Phase extends string> {
  /** Address to listen on. @defaultValue `"127.0.0.1"` */
  readonly host?: string;
  /** Port to listen on; 0 takes any free one. @defaultValue 0 */
  readonly port?: number;
  /** What goes wrong. @defaultValue nothing */
  readonly faults?: FaultScript<Phase>;
}

/** Events that every fake server records. */
export interface ConnectionEvents {
  /** A connection was accepted. */
  readonly open: RecordedEvent;
  /** A connection's socket closed. */
  readonly close: RecordedEvent & ConnectionEnd;
  /** A client broke the protocol; the server ended its connection. */
  readonly problem: RecordedEvent & { readonly message: string };
}

/** A listener on TCP, its connections, and a record of what they did. */
export abstract class FakeServer<
  Phase extends string,
  Connection extends FakeConnection<Phase>,
  Events extends ConnectionEvents & { readonly [Type in keyof Events]: RecordedEvent },
> implements AsyncDisposable {
  /** The address it listens on. */
  readonly host: string;
  /** @internal */
  protected readonly recorder: EventLog<Events> = new EventLog<Events>();
  readonly #phases: readonly Phase[];
  readonly #connections: Connection[] = [];
  #faults: FaultScript<Phase>;
  #port: number;
  #listener: Server | undefined;
  /** Holds the port while nothing listens there. */
  #keeper: Socket | undefined;

  protected constructor(options: FakeServerOptions<Phase>, phases: readonly Phase[]) {
    this.host = options.host ?? "127.0.0.1";
    this.#port = options.port ?? 0;
    this.#phases = phases;
    this.#faults = options.faults ?? [];
    expectInteger("port", this.#port, 0, 65_535);
    this.setFaults(this.#faults);
  }

  /** The port it listens on, or will again after {@link refuse}. */
  get port(): number {
    return this.#port;
  }

  /** `host:port`, as `curfew token create --target` takes it. */
  get address(): string {
    return formatAddress(this.host, this.#port);
  }

  /** Every connection so far in order of arrival, closed ones included. */
  get connections(): readonly Connection[] {
    return this.#connections;
  }

  /** How many sockets are open now. */
  get openConnections(): number {
    return this.#connections.filter(({ open }) => open).length;
  }

  /** Replaces the faults of connections to come. `refuse` in them has no effect: call {@link refuse}. */
  setFaults(faults: FaultScript<Phase>): void {
    if (typeof faults !== "function") checkFaults(faults, this.#phases);
    this.#faults = faults;
  }

  /** Events of one type so far, oldest first; the latest 10,000 are kept. */
  received<Type extends keyof Events>(type: Type): readonly Events[Type][] {
    return this.recorder.all(type);
  }

  /** Forgets the events so far. */
  clearReceived(): void {
    this.recorder.clear();
  }

  /**
   * The first event of a type, past or future, that satisfies the predicate.
   * @throws Error when none came in time, or the server closes
   */
  waitFor<Type extends keyof Events>(
    type: Type,
    predicate?: (event: Events[Type]) => boolean,
    options?: WaitOptions,
  ): Promise<Events[Type]> {
    return this.recorder.waitFor(type, predicate, options);
  }

  /** The connection with this number, as soon as it is there. */
  async waitForConnection(number: number = 0, options?: WaitOptions): Promise<Connection> {
    await this.recorder.waitFor("open", (event) => event.connection === number, options);
    return this.#connections[number]!;
  }

  /** Resolves when no socket is open. */
  async waitForNoConnections(): Promise<void> {
    await Promise.all(this.#connections.map(({ closed }) => closed));
    if (this.openConnections > 0) await this.waitForNoConnections();
  }

  /** Stops listening, so that connecting is refused; open connections stay. */
  async refuse(): Promise<void> {
    if (this.#listener === undefined) return;
    this.#stopListening();
    this.#keeper = keepPort(this.host, this.#port);
  }

  /** Listens again on the same port after {@link refuse}. */
  async accept(): Promise<void> {
    if (this.#listener !== undefined) return;
    this.#keeper?.resetAndDestroy();
    this.#keeper = undefined;
    const listener = createServer((socket) => this.welcome(socket));
    listener.listen(this.#port, this.host);
    await once(listener, "listening");
    this.#listener = listener;
    this.#port = (listener.address() as AddressInfo).port;
  }

  /** Stops listening and closes every connection with RST. Safe to call more than once. */
  async close(): Promise<void> {
    this.#stopListening();
    this.#keeper?.resetAndDestroy();
    for (const connection of this.#connections) if (connection.open) connection.reset();
    await this.waitForNoConnections();
    this.recorder.close();
  }

  /** So that `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Serves a connection, wherever it was accepted. */
  welcome(socket: Socket): void {
    const number = this.#connections.length;
    const faults = typeof this.#faults === "function" ? this.#faults(number) : this.#faults;
    checkFaults(faults, this.#phases);
    const connection = this.connect(socket, number, faults);
    this.#connections.push(connection);
    this.recorder.record("open", { connection: number } as Events["open"]);
    void connection.closed.then((end) =>
      this.recorder.record("close", { connection: number, ...end } as Events["close"]),
    );
    void connection.run();
  }

  /** @internal Begins to listen, unless a fault says that it should not. */
  protected async start(): Promise<this> {
    await this.accept();
    if (typeof this.#faults !== "function" && this.#faults.some(({ type }) => type === "refuse")) await this.refuse();
    return this;
  }

  #stopListening(): void {
    // It calls back only when every connection is gone; the port is free at once.
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** @internal */
  protected abstract connect(socket: Socket, number: number, faults: readonly Fault<Phase>[]): Connection;
}
