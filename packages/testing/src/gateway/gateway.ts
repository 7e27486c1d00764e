import { SUBPROTOCOL, type ServerCloseReason } from "@curfew/protocol";
import { Recorder, type WaitOptions } from "../net/recorder.ts";
import type { GatewayEvents } from "./events.ts";
import type { PageSocket } from "./page-socket.ts";
import {
  checkScript,
  checkSubprotocol,
  type GatewayOptions,
  type GatewayScript,
  type GatewayScripts,
} from "./script.ts";
import { FakeSession } from "./session.ts";

/**
 * Stands where a gateway would be, does to a page what a test tells it, and records what the page sends. It speaks
 * `curfew.v1` by the protocol's document, and has no code in common with a real gateway.
 */
export abstract class FakeGateway implements AsyncDisposable {
  /** @internal */
  protected readonly subprotocol: string;
  readonly #options: GatewayScript;
  readonly #recorder = new Recorder<GatewayEvents>();
  readonly #sessions: FakeSession[] = [];
  #scripts: GatewayScripts = {};
  #refusing: GatewayScript["refuse"];
  #connections = 0;

  protected constructor({ subprotocol = SUBPROTOCOL, ...script }: GatewayOptions) {
    checkSubprotocol(subprotocol);
    checkScript(script);
    this.subprotocol = subprotocol;
    this.#options = script;
  }

  /** Every session so far in order of arrival, closed ones included. */
  get sessions(): readonly FakeSession[] {
    return [...this.#sessions];
  }

  /** What happens with connections from now on, on top of the options. Running sessions stay as they are. */
  follow(scripts: GatewayScripts): void {
    if (typeof scripts !== "function") checkScript({ ...this.#options, ...scripts });
    this.#scripts = scripts;
  }

  /** Refuses connections from now on, until {@link accept}. */
  refuse(reason: NonNullable<GatewayScript["refuse"]>): void {
    checkScript({ refuse: reason });
    this.#refusing = reason;
  }

  /** Takes connections again after {@link refuse}. */
  accept(): void {
    this.#refusing = undefined;
  }

  /** Ends every open session, as when a gateway shuts down. */
  endAll(reason: ServerCloseReason): void {
    for (const session of this.#sessions) if (session.open) session.end(reason);
  }

  /** Events of one type so far, oldest first; the latest 10,000 are kept. */
  received<Type extends keyof GatewayEvents>(type: Type): readonly GatewayEvents[Type][] {
    return this.#recorder.all(type);
  }

  /** Forgets the events so far. */
  clearReceived(): void {
    this.#recorder.clear();
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
    return this.#recorder.waitFor(type, predicate, options);
  }

  /** The session with this number, as soon as it is there. */
  async waitForSession(number: number = 0, options?: WaitOptions): Promise<FakeSession> {
    await this.#recorder.waitFor("open", (event) => event.connection === number, options);
    return this.#sessions.find((session) => session.number === number)!;
  }

  /** Breaks every open connection and takes no more. Safe to call more than once. */
  async close(): Promise<void> {
    await this.stop();
    for (const session of this.#sessions) if (session.open) session.drop();
    await Promise.all(this.#sessions.map(({ closed }) => closed));
    this.#recorder.close();
  }

  /** So that `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal Takes no more connections. */
  protected abstract stop(): Promise<void>;

  /** @internal The script of the next connection; undefined when that may not even open. */
  protected nextScript(): GatewayScript | undefined {
    const scripts = this.#scripts;
    const script: GatewayScript = {
      ...this.#options,
      ...(typeof scripts === "function" ? scripts(this.#connections) : scripts),
      ...(this.#refusing !== undefined && { refuse: this.#refusing }),
    };
    checkScript(script);
    if (script.refuse !== "connect_failed") return script;
    this.#recorder.record("refused", { connection: this.#connections++ });
    return undefined;
  }

  /** @internal A page's WebSocket opened. */
  protected welcome(socket: PageSocket, script: GatewayScript): FakeSession {
    const session = new FakeSession(this.#connections++, socket, script, this.#recorder);
    this.#sessions.push(session);
    return session;
  }
}
