import { isInSubnet, parseSubnet } from "../../net/subnet.ts";
import { type Gone, Processes } from "./processes.ts";
import type { ReadLine } from "./read.ts";

/** Which sessions are wanted; times in milliseconds since the epoch. */
export interface VisitFilter {
  readonly instance?: string | undefined;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** Only sessions that had not ended before. */
  readonly since?: number | undefined;
  /** Only sessions that began before. */
  readonly until?: number | undefined;
}

/** A session as the audit trail tells of it: who had which console, from where, when, and what ended it. */
export interface Visit {
  readonly session: string;
  user: string | null;
  instance: string | null;
  type: string | null;
  target: string | null;
  access: string | null;
  client: string | null;
  certificate: string | null;
  token_id: string | null;
  /** When the session was asked for. */
  requested_at: string;
  /** When the target accepted; null for a session that was refused. */
  opened_at: string | null;
  /** Null while the session runs. Where the process has not written the end, by when it had ended. */
  ended_at: string | null;
  /** The end reason; {@link UNKNOWN_END} where the process has not written it. */
  end: string | null;
  detail: string | null;
  /** Name of the key with which the end was ordered. */
  ended_by: string | null;
  duration_ms: number | null;
  bytes_to_client: number | null;
  bytes_to_target: number | null;
  /** How often it was renewed. */
  renewals: number;
  /** Its lines, where they are kept. */
  readonly events: ReadLine[];
}

/** How a session ended whose process was killed. */
const UNKNOWN_END = "unknown";

/** How many orders of operators are remembered, to tell by whom a session was ended. */
const MAX_ORDERS = 1000;

/** How long after an order a session ends because of it, in milliseconds. */
const ORDER_MS = 10_000;

/** By how much the clocks of two gateways may differ, in milliseconds: the order may seem to come after the end. */
const CLOCKS_MS = 1000;

/** Orders that end sessions. */
const ORDERS: ReadonlySet<string> = new Set(["end_requested", "revocation_requested", "lock_requested"]);

/** Puts the lines of each session together. */
export class Visits {
  readonly #filter: VisitFilter;
  readonly #keepsLines: boolean;
  /** The run of the process of each session. */
  readonly #runs = new Map<string, string>();
  readonly #visits = new Map<string, Visit>();
  readonly #orders: ReadLine[] = [];
  /** Sessions whose end was ordered, and the lines of their ends, where the order was not read before. */
  readonly #unexplained: { readonly visit: Visit; readonly end: ReadLine }[] = [];
  readonly #processes = new Processes();

  /** @param keepsLines - whether the sessions have their lines, which takes far more memory. @defaultValue true */
  constructor(filter: VisitFilter, keepsLines = true) {
    this.#filter = filter;
    this.#keepsLines = keepsLines;
  }

  /** In the order in which they began. */
  get all(): readonly Visit[] {
    const { since = -Infinity } = this.#filter;
    for (const visit of this.#visits.values()) {
      const gone = visit.end === null ? this.#processes.goneOf(this.#runs.get(visit.session)) : undefined;
      if (gone === undefined) continue;
      if (Date.parse(gone.at) < since) this.#visits.delete(visit.session);
      else endUnknown(visit, gone);
    }
    return [...this.#visits.values()].toSorted((a, b) => compare(a.requested_at, b.requested_at));
  }

  /** @param line - lines are added in the order in which they were written. */
  add(line: ReadLine): void {
    if (ORDERS.has(line.event)) this.#remember(line);
    this.#processes.add(line);
    if (line.session === undefined) return;
    const visit = this.#visits.get(line.session) ?? this.#begin(line, line.session);
    if (visit === undefined) return;
    if (this.#keepsLines) visit.events.push(line);
    describe(visit, line);
    if (line.event === "session_opened") visit.opened_at = line.time;
    if (line.event === "session_renewed") visit.renewals += 1;
    if (line.event === "session_ended") this.#end(visit, line);
  }

  #remember(line: ReadLine): void {
    this.#orders.push(line);
    if (this.#orders.length > MAX_ORDERS) this.#orders.shift();
    for (const { visit, end } of this.#unexplained) {
      const isIts = Math.abs(Date.parse(end.time) - Date.parse(line.time)) <= CLOCKS_MS && concerns(line, end);
      if (isIts) visit.ended_by ??= line.actor ?? null;
    }
  }

  /** Undefined for a session that is not wanted. */
  #begin(line: ReadLine, session: string): Visit | undefined {
    const { instance, user, session: wanted, until = Infinity } = this.#filter;
    if (instance !== undefined && line.instance !== instance) return undefined;
    if (user !== undefined && line.user !== user) return undefined;
    if (wanted !== undefined && session !== wanted) return undefined;
    if (Date.parse(line.time) >= until) return undefined;
    const visit = emptyVisit(session, line.time);
    this.#visits.set(session, visit);
    if (line.run !== undefined) this.#runs.set(session, line.run);
    return visit;
  }

  #end(visit: Visit, line: ReadLine): void {
    const { since = -Infinity } = this.#filter;
    this.#runs.delete(visit.session);
    if (Date.parse(line.time) < since) return void this.#visits.delete(visit.session);
    visit.ended_at = line.time;
    visit.end = line.reason ?? null;
    visit.detail = line.detail ?? null;
    visit.duration_ms = line.duration_ms ?? null;
    visit.bytes_to_client = line.bytes_to_client ?? null;
    visit.bytes_to_target = line.bytes_to_target ?? null;
    if (line.reason !== "session_terminated") return;
    visit.ended_by = this.#orderFor(line)?.actor ?? null;
    if (visit.ended_by !== null) return;
    this.#unexplained.push({ visit, end: line });
    if (this.#unexplained.length > MAX_ORDERS) this.#unexplained.shift();
  }

  #orderFor(end: ReadLine): ReadLine | undefined {
    const at = Date.parse(end.time);
    return this.#orders.findLast((order) => {
      const age = at - Date.parse(order.time);
      return age >= 0 && age <= ORDER_MS && concerns(order, end);
    });
  }
}

function emptyVisit(session: string, requestedAt: string): Visit {
  return {
    session,
    user: null,
    instance: null,
    type: null,
    target: null,
    access: null,
    client: null,
    certificate: null,
    token_id: null,
    requested_at: requestedAt,
    opened_at: null,
    ended_at: null,
    end: null,
    detail: null,
    ended_by: null,
    duration_ms: null,
    bytes_to_client: null,
    bytes_to_target: null,
    renewals: 0,
    events: [],
  };
}

function endUnknown(visit: Visit, { at, how }: Gone): void {
  visit.ended_at = at;
  visit.end = UNKNOWN_END;
  visit.detail = `the end was not written: ${how}`;
}

/** Takes over what a line says of its session. A token that is only asked for is not the session's. */
function describe(visit: Visit, line: ReadLine): void {
  if (line.event === "renewal_requested") return;
  visit.user = line.user ?? visit.user;
  visit.instance = line.instance ?? visit.instance;
  visit.type = line.type ?? visit.type;
  visit.target = line.target ?? visit.target;
  visit.access = line.access ?? visit.access;
  visit.client = line.client ?? visit.client;
  visit.certificate = line.certificate ?? visit.certificate;
  visit.token_id = line.token_id ?? visit.token_id;
}

const NO_SELECTION: Readonly<Record<string, string>> = {};

/** Whether an operator's order ends this session. */
function concerns({ selection = NO_SELECTION, token_id, subject, value }: ReadLine, end: ReadLine): boolean {
  if (token_id !== undefined) return token_id === end.token_id;
  if (subject !== undefined) return concernsLocked(subject, value, end);
  const { by } = selection;
  if (by === "all") return true;
  if (by === "id") return selection["id"] === end.session;
  return by === "user" ? selection["user"] === end.user : selection["instance"] === end.instance;
}

/** Whether the lock of this keeps out who had the session. */
function concernsLocked(subject: string, value = "", { client, user, instance, token_id }: ReadLine): boolean {
  switch (subject) {
    case "address": {
      const subnet = parseSubnet(value);
      return subnet !== undefined && isInSubnet(subnet)(client ?? "");
    }
    case "token":
      return value === token_id;
    default:
      return value === (subject === "user" ? user : instance);
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
