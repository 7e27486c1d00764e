import {
  type Fault,
  startFakeSerial,
  startFakeVnc,
  startUnacceptingServer,
  type SerialPhase,
  type VncPhase,
} from "@curfew/testing";
import type { ConsoleOptions, ConsoleType, FaultCard } from "../api-types.ts";
import { type GatewayName, idleTimeout } from "./gateways.ts";

/** A server that something is wrong with. */
export interface FaultyServer extends AsyncDisposable {
  readonly address: string;
  /** Listens again after the fault `refuse`. */
  accept?(): Promise<void>;
}

/** Something that goes wrong, and how to make it. */
export interface FaultRecipe extends FaultCard {
  /** Lifetime of its tokens in seconds. @defaultValue {@link lifetime} */
  readonly ttl?: number;
  /** Without it the target is `target`. */
  readonly start?: () => Promise<FaultyServer>;
  readonly target?: string;
  /** @defaultValue `enforcing` */
  readonly gateway?: GatewayName;
  /** What the back end does a moment after the console was opened. */
  readonly later?: "accept" | "terminate" | "restart" | "replace";
  /** Gives a token that the gateway refuses: for opening, or for renewing. */
  readonly badToken?: "open" | "renew";
  /** What the page is asked to do differently. */
  readonly options?: ConsoleOptions;
}

const small = { width: 320, height: 240 };
const once = { reconnect: false };
/** Seconds: longer than anybody looks on. */
const LONG = 300;

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

/**
 * In the order in which they are shown.
 *
 * @param delay - seconds until what goes wrong does.
 */
export function faultRecipes(delay: number): readonly FaultRecipe[] {
  const at = { afterMs: delay * 1000 };
  const later = `After ${seconds(delay)}`;
  return [
    fault("expire", "Expire", "vnc", `Access lasts ${seconds(lifetime(delay))}. Then the picture is gone.`, {
      start: vnc(),
    }),
    fault("terminate", "Terminate", "vnc", `${later} an operator ends the session.`, {
      ttl: LONG,
      start: vnc(),
      later: "terminate",
    }),
    fault("replace", "Replace", "vnc", `${later} somebody else takes the console over, and this session ends.`, {
      gateway: "exclusive",
      start: vnc(),
      later: "replace",
    }),
    fault("idle", "Idle", "serial", `Do nothing: after ${seconds(idleTimeout(delay))} the gateway ends the session.`, {
      ttl: LONG,
      gateway: "idle",
      start: serial(),
    }),
    fault("drain", "Drain", "vnc", `${later} the gateway restarts. The console comes back by itself.`, {
      ttl: LONG,
      gateway: "spare",
      start: vnc(),
      later: "restart",
    }),
    fault("renewal", "Refused renewal", "vnc", "Press Renew: the token is not good, and the old deadline stands.", {
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
    fault("timeout", "No answer", "vnc", `The machine does not answer. The gateway gives up after ${seconds(delay)}.`, {
      start: startUnacceptingServer,
      options: once,
    }),
    fault(
      "unreachable",
      "Unreachable",
      "vnc",
      `The machine is off. It is back in ${seconds(delay)}, and so is the page.`,
      {
        ttl: LONG,
        start: vnc({ type: "refuse" }),
        later: "accept",
      },
    ),
    fault("password", "Wrong password", "vnc", "The machine turns the page’s password away.", {
      start: () => startFakeVnc({ size: small, password: "secret" }),
      options: { password: "wrong", ...once },
    }),
    fault("stall", "Stall", "vnc", `${later} the picture freezes. The session still ends on time.`, {
      start: vnc({ type: "stall", at }),
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
    fault("reset", "Reset", "vnc", `${later} the connection breaks. The console comes back by itself.`, {
      ttl: LONG,
      start: vncAtFirst({ type: "reset", at }),
    }),
    fault("close", "Close", "vnc", `${later} the machine closes its console, as when it is switched off.`, {
      ttl: LONG,
      start: vnc({ type: "close", at }),
      options: once,
    }),
    fault("garbage", "Garbage", "vnc", "The machine sends random bytes, and the viewer gives up.", {
      start: vnc({ type: "garbage", at: "version" }),
      options: once,
    }),
  ];
}

/** Seconds that a fault's console lasts: long enough to see what went wrong, and that it ends on time. */
export function lifetime(delay: number): number {
  return 3 * delay;
}

function seconds(count: number): string {
  return count === 1 ? "1 second" : `${count} seconds`;
}

function fault(
  id: string,
  name: string,
  type: ConsoleType,
  line: string,
  rest: Omit<FaultRecipe, keyof FaultCard>,
): FaultRecipe {
  return { id, name, type, line, ...rest };
}
