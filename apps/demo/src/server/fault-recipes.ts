import { type Fault, startFakeSerial, startFakeVnc, type SerialPhase, type VncPhase } from "@curfew/testing";
import type { ConsoleOptions, ConsoleType, FaultCard } from "../api-types.ts";
import type { GatewayName } from "./gateways.ts";

/** What a fault needs of a fake server. */
export interface FaultyServer extends AsyncDisposable {
  readonly address: string;
  refuse(): Promise<void>;
  accept(): Promise<void>;
}

/** Something that goes wrong, and how to make it. */
export interface FaultRecipe extends FaultCard {
  /** Lifetime of its tokens in seconds. @defaultValue 12, with a warning after 2 */
  readonly ttl?: number;
  /** Without it the target is `target`. */
  readonly start?: () => Promise<FaultyServer>;
  readonly target?: string;
  /** @defaultValue `enforcing` */
  readonly gateway?: GatewayName;
  /** What the back end does a moment after the console was opened. */
  readonly later?: "accept" | "terminate" | "restart";
  /** Gives a token that the gateway refuses: for opening, or for renewing. */
  readonly badToken?: "open" | "renew";
  /** What the page is asked to do differently. */
  readonly options?: ConsoleOptions;
}

const small = { width: 320, height: 240 };
const once = { reconnect: false };

function vnc(...faults: readonly Fault<VncPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeVnc({ size: small, fps: 5, faults });
}

/** Faults of the first connection only. */
function vncAtFirst(...faults: readonly Fault<VncPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeVnc({ size: small, fps: 5, faults: (connection) => (connection === 0 ? faults : []) });
}

function serial(...faults: readonly Fault<SerialPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeSerial({ hostname: "faulty", faults });
}

/** In the order in which they are shown. */
export const faultRecipes: readonly FaultRecipe[] = [
  fault("expire", "Expire", "vnc", "Access lasts 5 seconds. It ends at the deadline, and the picture is gone.", {
    ttl: 5,
    start: vnc(),
  }),
  fault("terminate", "Terminate", "vnc", "After 3 seconds an operator ends the session.", {
    ttl: 300,
    start: vnc(),
    later: "terminate",
  }),
  fault("idle", "Idle", "serial", "Do nothing: after 6 seconds the gateway ends the session as idle.", {
    ttl: 300,
    gateway: "idle",
    start: serial(),
  }),
  fault("drain", "Drain", "vnc", "After 3 seconds the gateway restarts. The console comes back by itself.", {
    ttl: 300,
    gateway: "spare",
    start: vnc(),
    later: "restart",
  }),
  fault("renewal", "Refused renewal", "vnc", "Press Renew: the token is not good, and the old deadline stands.", {
    ttl: 12,
    start: vnc(),
    badToken: "renew",
  }),
  fault("token", "Invalid token", "vnc", "Opens with a token that the gateway does not know.", {
    start: vnc(),
    badToken: "open",
  }),
  fault("refused-target", "Refused target", "vnc", "The gateway may not dial this target, and says so.", {
    target: "192.0.2.1:5900",
  }),
  fault("not-found", "Unknown name", "vnc", "The target’s name does not resolve.", {
    target: "no-such-machine.invalid:5900",
  }),
  fault(
    "unreachable",
    "Unreachable",
    "vnc",
    "The machine is off. The page tries again until it is back, in 3 seconds.",
    {
      ttl: 300,
      start: vnc({ type: "refuse" }),
      later: "accept",
    },
  ),
  fault("password", "Wrong password", "vnc", "The machine turns the page’s password away.", {
    start: () => startFakeVnc({ size: small, password: "secret" }),
    options: { password: "wrong", ...once },
  }),
  fault("stall", "Stall", "vnc", "The picture freezes after 2 seconds. The session still ends on time.", {
    start: vnc({ type: "stall", at: { afterMs: 2000 } }),
  }),
  fault("stop-reading", "Stop reading", "serial", "What you type goes nowhere. The session still ends on time.", {
    start: serial({ type: "stop_reading", at: { afterMs: 500 } }),
  }),
  fault("split", "Split", "vnc", "Everything arrives in pieces of 7 bytes. The picture is whole all the same.", {
    start: () => startFakeVnc({ size: small, faults: [{ type: "split", bytes: 7 }] }),
  }),
  fault("slow", "Slow", "vnc", "8 kB a second: the picture takes its time, the deadline does not.", {
    start: vnc({ type: "slow", bytesPerSecond: 8000 }),
  }),
  fault("flood", "Flood", "serial", "Output without end. The page stays usable, and the session ends on time.", {
    start: serial({ type: "flood", at: "login" }),
  }),
  fault("reset", "Reset", "vnc", "After 3 seconds the connection breaks. The console comes back by itself.", {
    ttl: 300,
    start: vncAtFirst({ type: "reset", at: { afterMs: 3000 } }),
  }),
  fault("close", "Close", "vnc", "After 3 seconds the machine closes its console, as when it is switched off.", {
    ttl: 300,
    start: vnc({ type: "close", at: { afterMs: 3000 } }),
    options: once,
  }),
  fault("garbage", "Garbage", "vnc", "The machine sends random bytes, and the viewer gives up.", {
    start: vnc({ type: "garbage", at: "version" }),
    options: once,
  }),
];

function fault(
  id: string,
  name: string,
  type: ConsoleType,
  line: string,
  rest: Omit<FaultRecipe, keyof FaultCard>,
): FaultRecipe {
  return { id, name, type, line, ...rest };
}
