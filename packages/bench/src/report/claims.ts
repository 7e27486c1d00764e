import { YARDSTICK } from "../subjects/subject.ts";
import type { Claim } from "./verdict.ts";

type Comparison = Pick<Claim, "unit" | "versus">;

const TIMES_COPY: Comparison = { unit: `× ${YARDSTICK}`, versus: { how: "ratio", subject: YARDSTICK } };
const MICROSECONDS_MORE: Comparison = {
  unit: `µs more than ${YARDSTICK}`,
  versus: { how: "difference", subject: YARDSTICK },
};
const TIMES_CHEAPEST: Comparison = {
  unit: "× the cheapest other proxy",
  versus: { how: "cheapest", except: YARDSTICK },
};
const TIMES_WEBSOCKIFY: Comparison = { unit: "× websockify", versus: { how: "ratio", subject: "websockify" } };
const CHEAPER_THAN_WEBSOCKIFY: Comparison = {
  unit: "× cheaper than websockify",
  versus: { how: "inverse", subject: "websockify" },
};

/** The performance claims, with one worker unless stated otherwise. */
export const CLAIMS: readonly Claim[] = [
  ...about("target to client", [
    { text: "CPU per GiB, one session", reads: "download-1.cpu", atMost: 0.95, ...TIMES_COPY },
    { text: "CPU per GiB, eight sessions", reads: "download-8.cpu", atMost: 1, ...TIMES_COPY },
    { text: "CPU per GiB, one session", reads: "download-1.cpu", atMost: 1, ...TIMES_CHEAPEST },
    { text: "CPU per GiB, eight sessions", reads: "download-8.cpu", atMost: 1, ...TIMES_CHEAPEST },
  ]),
  ...about("small messages", [
    { text: "CPU of a paced small write", reads: "paced.cpu", atMost: 1.25, ...TIMES_COPY },
    { text: "CPU of a keystroke's round trip", reads: "keystrokes.cpu", atMost: 1.6, ...TIMES_COPY },
    { text: "a keystroke's round trip, p50", reads: "keystrokes.p50", atMost: 40, ...MICROSECONDS_MORE },
    { text: "the same while four sessions flood, p50", reads: "keystrokes-under-flood.p50", atMost: 1_500, unit: "µs" },
  ]),
  ...about("client to target", [
    { text: "CPU per GiB", reads: "upload.cpu", atMost: 2.8, ...TIMES_COPY },
    { text: "CPU per GiB", reads: "upload.cpu", atLeast: 3, ...CHEAPER_THAN_WEBSOCKIFY },
  ]),
  ...about("set-up", [
    { text: "sessions set up and closed", reads: "set-up.rate", atLeast: 2_500, unit: "per second" },
    { text: "sessions set up and closed", reads: "set-up.rate", atLeast: 15, ...TIMES_WEBSOCKIFY },
    { text: "CPU of a session", reads: "set-up.cpu", atMost: 400, unit: "µs" },
  ]),
  ...about("set-up of Nova's tokens", [
    { text: "sessions set up and closed", reads: "nova-set-up.rate", atLeast: 500, unit: "per second" },
    { text: "time to the first byte, 20 in parallel, p50", reads: "nova-set-up.p50", atMost: 10, unit: "ms" },
  ]),
  ...about("memory", [
    { text: "idle session, 500 open", reads: "memory-500.idle", atMost: 32, unit: "KiB" },
    { text: "idle session, 10,000 open", reads: "memory-10000.idle", atMost: 32, unit: "KiB" },
    { text: "10 s after 1 MiB each, 500 open", reads: "memory-500.later", atMost: 48, unit: "KiB" },
    { text: "10 s after 1 MiB each, 10,000 open", reads: "memory-10000.later", atMost: 48, unit: "KiB" },
    { text: "growth for a client that stops reading", reads: "stalled-client.growth", atMost: 1, unit: "MiB" },
    { text: "growth for a target that stops reading", reads: "stalled-target.growth", atMost: 2, unit: "MiB" },
  ]),
  ...about("workers", [
    { text: "throughput of two workers", reads: "workers.ratio", atLeast: 1.7, unit: "× that of one" },
  ]),
  ...about("deadlines", [
    { text: "first end, 1,000 within 10 s", reads: "deadlines-1000-spread.earliest", atLeast: 0, unit: "ms" },
    { text: "targets' ends, 1,000 within 10 s, p99", reads: "deadlines-1000-spread.target99", atMost: 10, unit: "ms" },
    {
      text: "4100 at clients, 1,000 within 10 s, p99",
      reads: "deadlines-1000-spread.client99",
      atMost: 10,
      unit: "ms",
    },
    { text: "first end, 10,000 at one instant", reads: "deadlines-10000.earliest", atLeast: 0, unit: "ms" },
    { text: "last target's end, 10,000 at one instant", reads: "deadlines-10000.target100", atMost: 500, unit: "ms" },
    { text: "last 4100, 10,000 at one instant", reads: "deadlines-10000.client100", atMost: 2_000, unit: "ms" },
    { text: "event loop's longest delay meanwhile", reads: "deadlines-10000.delay", atMost: 50, unit: "ms" },
  ]),
  ...about("soak", [
    { text: "sent through, every byte unchanged", reads: "soak.sent", atLeast: 0.1, unit: "GiB" },
    { text: "growth of memory meanwhile", reads: "soak.growth", atMost: 10, unit: "MiB" },
  ]),
  ...about("start", [
    { text: "listens after", reads: "start-up.time", atMost: 300, unit: "ms" },
    { text: "resident, idle", reads: "start-up.memory", atMost: 70, unit: "MiB" },
  ]),
];

function about(what: string, list: readonly Omit<Claim, "about">[]): Claim[] {
  return list.map((claim) => ({ about: what, ...claim }));
}
