import { CloseCode } from "@curfew/protocol";
import type { Socket } from "node:net";
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

/** How late sessions end, seen from both their ends. An end before its time is an error. */
export function deadlines(wished: number, spread: "spread" | "together"): Measure {
  const number = wished.toLocaleString("en");
  const title =
    wished === 1
      ? "one session"
      : spread === "spread"
        ? `${number} sessions within ${SPREAD_SECONDS} s`
        : `${number} sessions at one instant`;
  return {
    id: `deadlines-${wished}${spread === "spread" ? "-spread" : ""}`,
    title: `Lateness of deadlines, ${title}`,
    method:
      "From expires_at, as the gateway states it, to the end of the target's socket and to the close frame 4100 at the " +
      "client, both as the generator reads them: with many at once its own time is in there. Resolution 1 ms.",
    figures: [
      { id: "target50", title: "target p50 ms", digits: 0 },
      { id: "target99", title: "target p99 ms", digits: 0 },
      { id: "target100", title: "target last ms", digits: 0 },
      { id: "client50", title: "4100 p50 ms", digits: 0 },
      { id: "client99", title: "4100 p99 ms", digits: 0 },
      { id: "client100", title: "4100 last ms", digits: 0 },
      { id: "delay", title: "event loop's longest delay ms, as the gateway states it", digits: 0 },
    ],
    suits: gatewayOnly,
    inQuick: wished <= 1000,
    once: wished > 1000,
    async run({ peer, target }) {
      const count = sessionsThatFit(wished);
      const ways = await entrances(peer, count, spread);
      const sessions = await openSessions(ways, target);
      const sleepAgain = stayAwake();
      const observed = observe(peer.pid);
      const late = await Promise.all(
        sessions.map(async (session, index) => await lateness(session, ways[index]?.ticket?.expiresAt ?? NaN)),
      );
      const { otherLoad } = observed();
      sleepAgain();
      const targets = late.map((one) => one.target);
      const clients = late.map((one) => one.client);
      const delay = longestDelayMs((await peer.metrics?.()) ?? "");
      const notes = [
        ...(count < wished ? [`${count.toLocaleString("en")} sessions instead of ${number}`] : []),
        ...(delay === undefined ? ["the gateway's metrics state no event-loop delay"] : []),
      ];
      return {
        values: {
          target50: percentile(targets, 50),
          target99: percentile(targets, 99),
          target100: percentile(targets, 100),
          client50: percentile(clients, 50),
          client99: percentile(clients, 99),
          client100: percentile(clients, 100),
          ...(delay !== undefined && { delay }),
        },
        otherLoad,
        ...(notes.length > 0 && { note: notes.join("; ") }),
      };
    },
  };
}

/** Sessions that expire together share one token; spread ones have one each. */
async function entrances(peer: RunningPeer, count: number, spread: "spread" | "together"): Promise<Entrance[]> {
  const lead = LEAD_SECONDS + count / OPENED_PER_SECOND;
  if (spread === "spread") return await peer.entrances(count, (index) => lead + (index / count) * SPREAD_SECONDS);
  const [entrance] = await peer.entrances(1, () => lead);
  return entrance === undefined ? [] : Array.from({ length: count }, () => entrance);
}

/** Milliseconds after its deadline at which each end of a session learned of it. */
interface Lateness {
  readonly target: number;
  readonly client: number;
}

async function lateness({ client, target }: Session, expiresAt: number): Promise<Lateness> {
  if (target.readableEnded || client.socket.closed) {
    throw new Error("the deadline came before all sessions were open: this machine is too busy for the measure");
  }
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

/** The largest value of any series that speaks of the event loop and is in seconds. */
export function longestDelayMs(metrics: string): number | undefined {
  const values = [...metrics.matchAll(/^\w*event_?loop\w*_seconds(?:_max)?(?:\{[^}]*\})? (\S+)$/gim)];
  const longest = Math.max(...values.map(([, value]) => Number(value)).filter(Number.isFinite));
  return Number.isFinite(longest) ? longest * 1000 : undefined;
}
