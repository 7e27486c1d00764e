import { CloseCode } from "@curfew/protocol";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Entrance } from "../load/client.ts";
import { stayAwake } from "../load/awake.ts";
import { openSessions, type Session } from "../load/session.ts";
import { sessionsThatFit } from "../machine/limits.ts";
import { observe } from "../machine/observation.ts";
import { percentile } from "../report/statistics.ts";
import type { RunningPeer } from "../peers/peer.ts";
import { gatewayOnly, type Measure } from "./measure.ts";

/** Sessions that can be opened in a second on a slow machine; the deadline lies behind the opening. */
const OPENED_PER_SECOND = 400;
const LEAD_SECONDS = 3;
const SPREAD_SECONDS = 10;
const SCRAPE_BEFORE_MS = 500;
const QUICK_SESSIONS = 200;

const TOO_BUSY = "this machine was too busy to open all sessions before the first deadline: nothing was measured";

/** How late sessions end, seen from both their ends. An end before its time is an error. */
export function deadlines(wished: number, spread: "spread" | "together", tls = false): Measure {
  const number = wished.toLocaleString("en");
  const title =
    wished === 1
      ? "one session"
      : spread === "spread"
        ? `${number} sessions within ${SPREAD_SECONDS} s`
        : `${number} sessions at one instant`;
  return {
    id: `deadlines-${wished}${spread === "spread" ? "-spread" : ""}${tls ? "-tls" : ""}`,
    title: `Lateness of deadlines, ${title}${tls ? ", TLS" : ""}`,
    method:
      "From expires_at, as the gateway states it, to the end of the target's socket and to the close frame 4100 at the " +
      "client, both as the generator reads them: with many at once its own time is in there. Resolution 1 ms. The event " +
      "loop is the gateway's, as its metrics state it from just before the first deadline to after the last end.",
    figures: [
      { id: "earliest", title: "first of all ms", digits: 0 },
      { id: "target50", title: "target p50 ms", digits: 0 },
      { id: "target99", title: "target p99 ms", digits: 0 },
      { id: "target100", title: "target last ms", digits: 0 },
      { id: "client50", title: "4100 p50 ms", digits: 0 },
      { id: "client99", title: "4100 p99 ms", digits: 0 },
      { id: "client100", title: "4100 last ms", digits: 0 },
      { id: "delay", title: "event loop's longest delay ms", digits: 0 },
    ],
    tls,
    suits: gatewayOnly,
    inQuick: wished <= 1000 && !tls,
    once: wished > 1000,
    async run({ peer, target, effort }) {
      const count = sessionsThatFit(effort.quick ? Math.min(wished, QUICK_SESSIONS) : wished);
      const ways = await entrances(peer, count, spread === "spread" ? (effort.quick ? 1 : SPREAD_SECONDS) : 0);
      const first = Math.min(...ways.map(({ ticket }) => ticket?.expiresAt ?? NaN));
      const sessions = await openSessions(ways, target);
      if (Date.now() > first - SCRAPE_BEFORE_MS) return { values: {}, note: TOO_BUSY };
      const sleepAgain = stayAwake();
      const observed = observe(peer.pid);
      const [late] = await Promise.all([
        Promise.all(
          sessions.map(async (session, index) => await lateness(session, ways[index]?.ticket?.expiresAt ?? NaN)),
        ),
        scrapeBefore(peer, first),
      ]);
      const { otherLoad } = observed();
      sleepAgain();
      const targets = late.map((one) => one.target);
      const clients = late.map((one) => one.client);
      const loop = longestDelayMs((await peer.metrics?.()) ?? "");
      const notes = [
        ...(count < wished ? [`${count.toLocaleString("en")} sessions instead of ${number}`] : []),
        ...(loop === undefined ? ["the gateway's metrics state no event-loop delay"] : []),
      ];
      return {
        values: {
          earliest: Math.min(...targets, ...clients),
          target50: percentile(targets, 50),
          target99: percentile(targets, 99),
          target100: percentile(targets, 100),
          client50: percentile(clients, 50),
          client99: percentile(clients, 99),
          client100: percentile(clients, 100),
          ...(loop !== undefined && { delay: loop }),
        },
        otherLoad,
        ...(notes.length > 0 && { note: notes.join("; ") }),
      };
    },
  };
}

/** Sessions that expire together share one token; those that are spread over some seconds have one each. */
async function entrances(peer: RunningPeer, count: number, spreadSeconds: number): Promise<Entrance[]> {
  const lead = LEAD_SECONDS + count / OPENED_PER_SECOND;
  if (spreadSeconds > 0) return await peer.entrances(count, (index) => lead + (index / count) * spreadSeconds);
  const [entrance] = await peer.entrances(1, () => lead);
  return entrance === undefined ? [] : Array.from({ length: count }, () => entrance);
}

/** Reads the metrics in time before a deadline: what they say later is of the time since. */
async function scrapeBefore(peer: RunningPeer, deadline: number): Promise<void> {
  await delay(deadline - SCRAPE_BEFORE_MS - Date.now());
  await peer.metrics?.();
}

/** Milliseconds after its deadline at which each end of a session learned of it. */
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

/** What the metrics say about the event loop; with several workers it is the worst of them. */
export function longestDelayMs(metrics: string): number | undefined {
  const values = [...metrics.matchAll(/^curfew_event_loop_delay_max_seconds(?:\{[^}]*\})? (\S+)$/gm)];
  return values.length === 0 ? undefined : Math.max(...values.map(([, value]) => Number(value))) * 1000;
}
