import { CloseCode } from "@curfew/protocol";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { ConnectOptions } from "../load/client.ts";
import { openSessions, type Session } from "../load/session.ts";
import { keepAwake } from "../machine/keep-awake.ts";
import { observeCpu } from "../machine/observe-cpu.ts";
import { sessionsThatFit } from "../machine/open-files.ts";
import { percentile } from "../statistics/index.ts";
import type { RunningSubject } from "../subjects/subject.ts";
import { gatewayOnly, type Scenario } from "./scenario.ts";

/** Sessions that a slow machine can open per second; the deadline is after the opening. */
const OPENED_PER_SECOND = 400;
const LEAD_SECONDS = 3;
const SPREAD_SECONDS = 10;
const SCRAPE_BEFORE_MS = 500;
const QUICK_SESSIONS = 200;

const TOO_BUSY = "not measured: the machine was too busy to open all sessions before the first deadline";

const FIGURES = [
  { id: "earliest", title: "first of all ms", digits: 0 },
  { id: "target50", title: "target p50 ms", digits: 0 },
  { id: "target99", title: "target p99 ms", digits: 0 },
  { id: "target100", title: "target last ms", digits: 0 },
  { id: "client50", title: "4100 p50 ms", digits: 0 },
  { id: "client99", title: "4100 p99 ms", digits: 0 },
  { id: "client100", title: "4100 last ms", digits: 0 },
  { id: "delay", title: "event loop's longest delay ms", digits: 0 },
] as const;

/** How late sessions end, at both ends. An early end is an error. */
export function deadlines(wanted: number, spread: "spread" | "together", tls = false): Scenario {
  const number = wanted.toLocaleString("en");
  const title =
    wanted === 1
      ? "one session"
      : spread === "spread"
        ? `${number} sessions within ${SPREAD_SECONDS} s`
        : `${number} sessions at one instant`;
  return {
    id: `deadlines-${wanted}${spread === "spread" ? "-spread" : ""}${tls ? "-tls" : ""}`,
    title: `Lateness of deadlines, ${title}${tls ? ", TLS" : ""}`,
    method:
      "From expires_at, as the gateway states it, to the end of the target's socket and to the close frame 4100 at the " +
      "client, as the generator reads them: with many at once this includes its own time. Resolution 1 ms. The event-loop " +
      "delay is that of the gateway's metrics, from just before the first deadline until after the last end.",
    figures: FIGURES,
    tls,
    appliesTo: gatewayOnly,
    inQuick: wanted <= 1000 && !tls,
    once: wanted > 1000,
    async run({ subject, target, effort }) {
      const count = sessionsThatFit(effort.quick ? Math.min(wanted, QUICK_SESSIONS) : wanted);
      const connect = await optionsWithDeadlines(
        subject,
        count,
        spread === "spread" ? (effort.quick ? 1 : SPREAD_SECONDS) : 0,
      );
      const first = Math.min(...connect.map(({ upgrade }) => upgrade?.expiresAt ?? NaN));
      const sessions = await openSessions(connect, target);
      if (Date.now() > first - SCRAPE_BEFORE_MS) return { values: {}, note: TOO_BUSY };
      const allowSleep = keepAwake();
      const observed = observeCpu(subject.pid);
      const [late] = await Promise.all([
        Promise.all(
          sessions.map(async (session, index) => await lateness(session, connect[index]?.upgrade?.expiresAt ?? NaN)),
        ),
        scrapeBefore(subject, first),
      ]);
      const { otherLoad } = observed();
      allowSleep();
      const loop = longestDelayMs((await subject.metrics?.()) ?? "");
      const notes = [
        ...(count < wanted ? [`${count.toLocaleString("en")} sessions instead of ${number}`] : []),
        ...(loop === undefined ? ["the gateway's metrics have no event-loop delay"] : []),
      ];
      return {
        values: { ...summarize(late), ...(loop !== undefined && { delay: loop }) },
        otherLoad,
        ...(notes.length > 0 && { note: notes.join("; ") }),
      };
    },
  };
}

/** The lateness of all sessions as {@link FIGURES}, without the delay of the event loop. */
function summarize(late: readonly { readonly target: number; readonly client: number }[]): Record<string, number> {
  const targets = late.map(({ target }) => target);
  const clients = late.map(({ client }) => client);
  return {
    earliest: Math.min(...targets, ...clients),
    target50: percentile(targets, 50),
    target99: percentile(targets, 99),
    target100: percentile(targets, 100),
    client50: percentile(clients, 50),
    client99: percentile(clients, 99),
    client100: percentile(clients, 100),
  };
}

/** Sessions that expire together share one token; sessions with spread deadlines have one each. */
async function optionsWithDeadlines(
  subject: RunningSubject,
  count: number,
  spreadSeconds: number,
): Promise<ConnectOptions[]> {
  const lead = LEAD_SECONDS + count / OPENED_PER_SECOND;
  if (spreadSeconds > 0) return await subject.connectOptions(count, (index) => lead + (index / count) * spreadSeconds);
  const [connect] = await subject.connectOptions(1, () => lead);
  return connect === undefined ? [] : Array.from({ length: count }, () => connect);
}

/** Scrapes the metrics shortly before a deadline: the next scrape covers the time since. */
async function scrapeBefore(subject: RunningSubject, deadline: number): Promise<void> {
  await delay(deadline - SCRAPE_BEFORE_MS - Date.now());
  await subject.metrics?.();
}

/** How long after the deadline each end of a session noticed it, in milliseconds. */
interface Lateness {
  readonly target: number;
  readonly client: number;
}

async function lateness({ client, target }: Session, expiresAt: number): Promise<Lateness> {
  if (target.readableEnded || client.socket.closed) throw new Error("a session ended long before its deadline");
  const [targetEnd, { code, reason, at }] = await Promise.all([endOf(target), client.ended]);
  if (code !== CloseCode.session_expired) throw new Error(`expected the close code 4100, but got ${code} ${reason}`);
  const late = { target: targetEnd - expiresAt, client: at - expiresAt };
  if (late.target < 0 || late.client < 0) {
    throw new Error(`a session ended early: ${-late.target} ms at its target, ${-late.client} ms at its client`);
  }
  return late;
}

async function endOf(socket: Socket): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const ended = (): void => resolve(Date.now());
  socket.once("end", ended).once("close", ended);
  return await promise;
}

/** The longest event-loop delay in the metrics, of the worst worker; undefined if they have none. */
export function longestDelayMs(metrics: string): number | undefined {
  const values = [...metrics.matchAll(/^curfew_event_loop_delay_max_seconds(?:\{[^}]*\})? (\S+)$/gm)];
  return values.length === 0 ? undefined : Math.max(...values.map(([, value]) => Number(value))) * 1000;
}
