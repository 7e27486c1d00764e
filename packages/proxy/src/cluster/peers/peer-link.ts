import * as v from "valibot";
import { printable } from "../../printable.ts";
import type { Logger } from "../../telemetry/log.ts";
import { describeIssue } from "../message-schemas.ts";
import { type PeerAddress, PeerHttp } from "./peer-http.ts";
import {
  PEER_VERSION,
  type PeerAnswers,
  type PeerRequestOf,
  type PeerRequestType,
  peerSchemas,
  type PeerState,
} from "./peer-schemas.ts";

/** How long a peer may take to answer, in milliseconds. */
const ANSWER_MS = 1000;

/** How long after an answer a peer is asked again what has changed, in milliseconds. */
const BEAT_MS = 1000;

/** The same after it has refused, as it will until a configuration changes. */
const REFUSED_BEAT_MS = 5000;

/** What clients cause. It waits for itself, so that it holds up nothing of what gateways and operators ask. */
const OF_CLIENTS: ReadonlySet<PeerRequestType> = new Set(["token", "use_once", "was_used"]);

/** How far the clocks may be apart before it is logged, in milliseconds. */
const MAX_CLOCK_DIFFERENCE_MS = 1000;

/** What a {@link PeerLink} is made with. */
export interface PeerLinkOptions extends PeerAddress {
  /**
   * Brings this gateway and the peer to the same state.
   *
   * @param isNew - whether it was away, or this is its first answer.
   * @throws PeerRefused for what is no peer; Error when it could not be done.
   */
  readonly reconcile: (link: PeerLink, state: PeerState, isNew: boolean) => Promise<void>;
  readonly log: Logger;
  /** Test seam. @defaultValue 1,000 */
  readonly beatMs?: number | undefined;
  /** Test seam. @defaultValue 1,000 */
  readonly answerMs?: number | undefined;
}

/** What answers there is not one of the other gateways. */
export class PeerRefused extends Error {
  override readonly name = "PeerRefused";
}

/** Another gateway: asks it every second what has changed, and knows since when it has not answered. */
export class PeerLink {
  /** What names it here, whatever it calls itself. */
  readonly url: string;
  readonly #options: PeerLinkOptions;
  #http: PeerHttp;
  /** The same for {@link OF_CLIENTS}. */
  #lookups: PeerHttp;
  #key: string;
  #ca: string | undefined;
  readonly #opened = Promise.withResolvers<void>();
  readonly #listeners: (() => void)[] = [];
  #isOpen = false;
  #isRefused = false;
  #state: PeerState | undefined;
  #lastContact = -Infinity;
  #clockDifference = 0;
  #problem: string | undefined;
  #beating: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PeerLinkOptions) {
    this.url = options.url;
    this.#options = options;
    this.#http = new PeerHttp(options);
    this.#lookups = new PeerHttp(options);
    this.#key = options.key;
    this.#ca = options.ca;
  }

  /** Asks with this key and authorities from now on. What is under way goes on. */
  configure({ key, ca }: Pick<PeerAddress, "key" | "ca">): void {
    if (key === this.#key && ca === this.#ca) return;
    this.#key = key;
    this.#ca = ca;
    const before = [this.#http, this.#lookups];
    this.#http = new PeerHttp({ url: this.url, key, ca });
    this.#lookups = new PeerHttp({ url: this.url, key, ca });
    for (const http of before) http.retire();
    void this.beat();
  }

  /** Whether it has answered when it was asked last. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether it has not answered when it was asked last, or not as it should. */
  get isAway(): boolean {
    return this.#problem !== undefined;
  }

  /** Whether it is no other gateway: this one, or one that is in the list already. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** What people call it, as far as it has said. */
  get name(): string {
    return this.#state === undefined ? new URL(this.url).host : printable(this.#state.name);
  }

  /** Its process; undefined before its first answer. */
  get gatewayId(): string | undefined {
    return this.#state?.id;
  }

  /** When it was asked what it has answered since, on the monotonic clock; -Infinity before its first answer. */
  get lastContact(): number {
    return this.#lastContact;
  }

  /** The clock of this machine less that of the peer, in milliseconds. */
  get clockDifference(): number {
    return this.#clockDifference;
  }

  /** Fulfils with its first answer. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Calls `listener` each time that it is away, or back. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Asks it now for the first time, and from then on every second. Fulfils once that has ended, however it did. */
  async start(): Promise<void> {
    await this.beat();
  }

  /** Asks it now what has changed. */
  async beat(): Promise<void> {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
      if (this.#isClosed) return;
      const { beatMs = BEAT_MS } = this.#options;
      this.#timer = setTimeout(() => void this.beat(), this.#isRefused ? REFUSED_BEAT_MS : beatMs);
      this.#timer.unref();
    });
    await this.#beating;
  }

  /**
   * @param timeoutMs - milliseconds.
   * @throws Error when there is no answer in time, or none that can be used.
   */
  async ask<Type extends PeerRequestType>(
    request: PeerRequestOf<Type>,
    timeoutMs: number = this.#options.answerMs ?? ANSWER_MS,
  ): Promise<PeerAnswers[Type]> {
    const body = JSON.stringify({ version: PEER_VERSION, request });
    const http = OF_CLIENTS.has(request.type) ? this.#lookups : this.#http;
    const text = await http.post(body, timeoutMs);
    const answer = v.safeParse(v.object({ answer: peerSchemas[request.type].answer }), parse(text));
    if (answer.success) return answer.output.answer;
    throw new Error(`its answer is malformed: ${describeIssue(answer.issues)}`);
  }

  /** The same of one that is there; one that was away just now is not waited for. @throws Error as {@link ask}. */
  async askIfOpen<Type extends PeerRequestType>(request: PeerRequestOf<Type>): Promise<PeerAnswers[Type]> {
    if (!this.#isOpen) throw new Error(this.#problem ?? "it has not answered yet");
    return await this.ask<Type>(request);
  }

  /** Asks no more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#http.close();
    this.#lookups.close();
  }

  async #beat(): Promise<void> {
    const startedAt = performance.now();
    const askedAt = Date.now();
    try {
      const state = await this.ask<"sync">({ type: "sync" });
      this.#compareClocks((askedAt + Date.now()) / 2 - state.now);
      const isNew = !this.#isOpen || this.#state?.id !== state.id;
      this.#state = state;
      await this.#options.reconcile(this, state, isNew);
      this.#isRefused = false;
      this.#lastContact = startedAt;
      this.#opened.resolve();
      this.#change(undefined);
    } catch (error) {
      this.#isRefused = error instanceof PeerRefused;
      this.#change(error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error));
    }
  }

  #change(problem: string | undefined): void {
    if (this.#isClosed || (this.#problem === problem && this.#isOpen === (problem === undefined))) return;
    const wasOpen = this.#isOpen;
    const isFirst = this.#problem === undefined && !wasOpen;
    this.#isOpen = problem === undefined;
    this.#problem = problem;
    const { log } = this.#options;
    const fields = { gateway: this.name, url: this.url };
    if (this.#isOpen) log.info(fields, "a peer answers");
    else if (this.#isRefused) log.error({ ...fields, problem }, "an entry of cluster.peers is no other gateway");
    else if (wasOpen || isFirst) log.warn({ ...fields, problem }, "a peer is away: its tokens open nothing here");
    if (wasOpen !== this.#isOpen) for (const listener of this.#listeners) listener();
  }

  #compareClocks(difference: number): void {
    const differs = Math.abs(difference) > MAX_CLOCK_DIFFERENCE_MS;
    const differed = Math.abs(this.#clockDifference) > MAX_CLOCK_DIFFERENCE_MS;
    this.#clockDifference = difference;
    if (differs === differed) return;
    const fields = { gateway: this.name, difference_ms: Math.round(difference) };
    if (differs) this.#options.log.warn(fields, "the clock of this machine differs from that of a peer");
    else this.#options.log.info(fields, "the clock of this machine is that of the peer again");
  }
}

/** JSON; undefined for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
