import { setPriority } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { IssuedToken } from "../gateway-under-attack.ts";
import { answerParent } from "../helper-process.ts";
import { VictimSession } from "./session.ts";
import { type Distribution, summarize } from "./statistics.ts";
import { EchoTarget } from "./target.ts";

/** How often the sessions type that are to expire, in milliseconds. */
const EXPIRING_TYPES_EVERY_MS = 100;

/** How long a target may stay open after its token has expired before that counts as never, in milliseconds. */
const NEVER_MS = 10_000;

/** What people at the gateway's consoles saw. Times in milliseconds. */
export interface VictimReport {
  /** How long after its token's expiry each target was closed; negative where it was too early. */
  readonly lateness: Distribution & { readonly earliest: number };
  /** How long after its token's expiry the last typed byte reached a target; 0 if none came late. */
  readonly lastByteLate: number;
  readonly keystrokes: Distribution;
  /** Sessions that were closed although their tokens are valid. */
  readonly lost: number;
  /** The longest delay of the measuring process itself, which is part of every figure. */
  readonly ownDelay: number;
}

/** What the victim's process can be asked. */
export interface VictimRequests {
  /** Listens as the target of the victims. @returns its address */
  readonly listen: () => Promise<string>;
  /** Opens sessions that type all the time. */
  readonly openTyping: (request: OpenRequest & { readonly everyMs: number }) => Promise<void>;
  /** Opens sessions that type, and expire in the next phase. */
  readonly openExpiring: (request: OpenRequest) => Promise<void>;
  /** Forgets the figures so far: a new phase begins. */
  readonly begin: () => void;
  /** Ends the phase, once every target of an expired session is closed. */
  readonly report: () => Promise<VictimReport>;
  /** Opens a session, types a key and closes it. @returns the duration */
  readonly probe: (request: { readonly host: string; readonly token: string }) => Promise<number>;
}

interface OpenRequest {
  readonly host: string;
  readonly tokens: readonly IssuedToken[];
}

const target = new EchoTarget();
const typing: VictimSession[] = [];
let expiring: { readonly session: VictimSession; readonly expiresAt: number }[] = [];
const ownDelay = monitorEventLoopDelay({ resolution: 1 });
let lastNumber = 0;

/** How many sessions are opened at once: their tokens live a short time. */
const AT_ONCE = 10;

async function open({ host, tokens }: OpenRequest): Promise<VictimSession[]> {
  const sessions: VictimSession[] = [];
  for (let first = 0; first < tokens.length; first += AT_ONCE) {
    const batch = tokens.slice(first, first + AT_ONCE);
    const opening = batch.map(async ({ token }) => await VictimSession.open(host, token, (lastNumber += 1)));
    sessions.push(...(await Promise.all(opening)));
  }
  return sessions;
}

function startTyping(sessions: readonly VictimSession[], everyMs: number): void {
  sessions.forEach((session, index) => session.type(everyMs, index / sessions.length));
}

/** The wall clock's time less the monotonic one's, exact although the wall clock is told in whole milliseconds. */
function clockOffset(): number {
  let offset = 0;
  for (const until = performance.now() + 3; performance.now() < until;) {
    offset = Math.max(offset, Date.now() - performance.now());
  }
  return offset;
}

async function report(): Promise<VictimReport> {
  const offset = clockOffset();
  const ends = await Promise.all(
    expiring.map(async ({ session, expiresAt }) => {
      const due = expiresAt - offset;
      const record = target.record(session.number);
      while (record.closedAt === undefined && performance.now() < due + NEVER_MS) await delay(5);
      return { late: (record.closedAt ?? due + NEVER_MS) - due, byteLate: record.lastByteAt - due };
    }),
  );
  const keystrokes = typing.flatMap(({ roundTrips, waitingMs }) => [
    ...roundTrips,
    ...(waitingMs > 0 ? [waitingMs] : []),
  ]);
  const lateness = ends.map(({ late }) => late);
  return {
    lateness: { ...summarize(lateness), earliest: Math.min(0, ...lateness) },
    lastByteLate: Math.max(0, ...ends.map(({ byteLate }) => byteLate)),
    keystrokes: summarize(keystrokes),
    lost: typing.filter(({ isClosed }) => isClosed).length,
    ownDelay: ownDelay.max / 1e6,
  };
}

try {
  // The attacker may use every core: what is measured is the gateway and not the scheduler.
  setPriority(-10);
} catch {
  // Only root may.
}
ownDelay.enable();
answerParent<VictimRequests>({
  listen: async () => `127.0.0.1:${await target.listen()}`,
  openTyping: async ({ everyMs, ...request }) => {
    typing.push(...(await open(request)));
    startTyping(typing, everyMs);
  },
  openExpiring: async (request) => {
    const sessions = await open(request);
    expiring = sessions.map((session, index) => ({ session, expiresAt: request.tokens[index]?.expiresAt ?? 0 }));
    startTyping(sessions, EXPIRING_TYPES_EVERY_MS);
  },
  begin: () => {
    for (const session of typing) session.roundTrips = [];
    ownDelay.reset();
  },
  report,
  probe: async ({ host, token }) => {
    const start = performance.now();
    const session = await VictimSession.open(host, token, (lastNumber += 1));
    session.close();
    return performance.now() - start;
  },
});
