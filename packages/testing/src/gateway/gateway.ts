import { SUBPROTOCOL, type ServerCloseReason } from "@curfew/protocol";
import { EventLog, type WaitOptions } from "../net/event-log.ts";
import type { Dial } from "./console-line.ts";
import type { GatewayEvents } from "./events.ts";
import type { PageSocket } from "./page-socket.ts";
import {
  checkScript,
  checkSubprotocol,
  type FakeGatewayOptions,
  type GatewayScript,
  type GatewayScripts,
} from "./script.ts";
import { FakeSession } from "./session.ts";

/**
 * Takes the place of a gateway, treats pages as its script and the test say, and records what they send. It implements
 * `curfew.v1` from the protocol's document and shares no code with a real gateway.
 */
export abstract class FakeGateway implements AsyncDisposable {
  /** @internal */
  protected readonly subprotocol: string;
  readonly #dial: Dial;
  readonly #options: GatewayScript;
  readonly #events = new EventLog<GatewayEvents>();
  readonly #sessions: FakeSession[] = [];
  #scripts: GatewayScripts = {};
  #refusing: GatewayScript["refuse"];
  /** Whether {@link accept} was called after the last refusal. */
  #isAccepting = false;
  #connections = 0;

  /** @internal */
  protected constructor({ subprotocol = SUBPROTOCOL, ...script }: FakeGatewayOptions, dial: Dial) {
    checkSubprotocol(subprotocol);
    checkScript(script);
    this.subprotocol = subprotocol;
    this.#dial = dial;
    this.#options = script;
  }

  /** Every session so far in order of arrival, closed ones included. */
  get sessions(): readonly FakeSession[] {
    return [...this.#sessions];
  }

  /** Changes the script of connections from now on, on top of the options. Running sessions keep theirs. */
  follow(scripts: GatewayScripts): void {
    if (typeof scripts !== "function") checkScript({ ...this.#options, ...scripts });
    this.#scripts = scripts;
    this.#isAccepting = false;
  }

  /** Refuses connections from now on, until {@link accept}. */
  refuse(reason: NonNullable<GatewayScript["refuse"]>): void {
    checkScript({ refuse: reason });
    this.#refusing = reason;
    this.#isAccepting = false;
  }

  /** Accepts connections again: after {@link refuse}, and where the options or {@link follow} refuse them. */
  accept(): void {
    this.#refusing = undefined;
    this.#isAccepting = true;
  }

  /** Ends every open session, as a gateway does that shuts down. */
  endAll(reason: ServerCloseReason): void {
    for (const session of this.#sessions) if (session.open) session.end(reason);
  }

  /** Events of one type so far, oldest first; the latest 10,000 are kept. */
  received<Type extends keyof GatewayEvents>(type: Type): readonly GatewayEvents[Type][] {
    return this.#events.all(type);
  }

  /** Forgets the events so far. */
  clearReceived(): void {
    this.#events.clear();
  }

  /**
   * The first event of a type, past or future, that satisfies the predicate.
   * @throws Error when none came in time, or the gateway closes
   */
  waitFor<Type extends keyof GatewayEvents>(
    type: Type,
    predicate?: (event: GatewayEvents[Type]) => boolean,
    options?: WaitOptions,
  ): Promise<GatewayEvents[Type]> {
    return this.#events.waitFor(type, predicate, options);
  }

  /**
   * The next session to open. Call it before the action that opens the session.
   * @throws Error when none opened in time, or the gateway closes
   */
  async nextSession(options?: WaitOptions): Promise<FakeSession> {
    const after = this.#sessions.at(-1)?.number ?? -1;
    const { connection } = await this.#events.waitFor("open", (event) => event.connection > after, options);
    return this.#sessionOf(connection);
  }

  /** The session with this number, as soon as the page has its `hello`: not where the script sends none. */
  async waitForSession(number: number = 0, options?: WaitOptions): Promise<FakeSession> {
    await this.#events.waitFor("open", (event) => event.connection === number, options);
    const session = this.#sessionOf(number);
    if (session.isGreetedByItself) await session.greeted;
    return session;
  }

  /** Breaks every open connection and accepts no more. Safe to call more than once. */
  async close(): Promise<void> {
    await this.stop();
    for (const session of this.#sessions) if (session.open) session.drop();
    await Promise.all(this.#sessions.map(({ closed }) => closed));
    this.#events.close();
  }

  /** Closes it at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Accepts no more connections. */
  protected abstract stop(): Promise<void>;

  /** @internal The script of the next connection; undefined if its WebSocket must not open. */
  protected nextScript(): GatewayScript | undefined {
    const scripts = this.#scripts;
    const script: GatewayScript = {
      ...this.#options,
      ...(typeof scripts === "function" ? scripts(this.#connections) : scripts),
      ...(this.#refusing !== undefined && { refuse: this.#refusing }),
      ...(this.#isAccepting && { refuse: undefined }),
    };
    checkScript(script);
    if (script.refuse !== "connect_failed") return script;
    this.#events.record("refused", { connection: this.#connections++ });
    return undefined;
  }

  /** @internal A page's WebSocket opened. */
  protected welcome(socket: PageSocket, script: GatewayScript): FakeSession {
    const session = new FakeSession(this.#connections++, socket, script, this.#events, this.#dial);
    this.#sessions.push(session);
    return session;
  }

  #sessionOf(number: number): FakeSession {
    const session = this.#sessions.find((candidate) => candidate.number === number);
    if (session === undefined) throw new Error(`there is no session ${number}: its connection was refused`);
    return session;
  }
}
