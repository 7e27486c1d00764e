import {
  type Fault,
  startFakeSerial,
  startFakeVnc,
  startUnacceptingServer,
  type SerialPhase,
  type VncPhase,
} from "@curfew/testing";
import type { ConsoleOptions, ConsoleType, FaultCard } from "../../api-types.ts";
import { idleTimeout, type ThreadGatewayName } from "../gateways/gateways.ts";

/** A fake server with a fault. */
export interface FaultyServer extends AsyncDisposable {
  readonly address: string;
  /** Starts to listen, after the fault `refuse`. */
  accept?(): Promise<void>;
}

/** A fault and how to cause it. */
export interface FaultRecipe extends FaultCard {
  /** Lifetime of its tokens in seconds. @defaultValue {@link lifetime} */
  readonly ttl?: number;
  /** Starts the target. @defaultValue none: the target is `target` */
  readonly start?: () => Promise<FaultyServer>;
  readonly target?: string;
  /** Whether the target is the gateway itself, which it never dials. */
  readonly targetsGateway?: boolean;
  /** @defaultValue `enforcing` */
  readonly gateway?: ThreadGatewayName;
  /** What the server does some time after the console was opened. */
  readonly later?: "accept" | "terminate" | "restart" | "replace";
  /** Whether the page gets an invalid token, for opening or for renewing. */
  readonly badToken?: "open" | "renew";
  /** What the page does differently. */
  readonly options?: ConsoleOptions;
}

const SMALL = { width: 320, height: 240 };
const NO_RECONNECT = { reconnect: false };
/** A lifetime in seconds that does not end before the fault. */
const LONG = 300;

function vnc(...faults: readonly Fault<VncPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeVnc({ size: SMALL, fps: 5, faults });
}

/** Faults of the first connection only. */
function vncAtFirst(...faults: readonly Fault<VncPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeVnc({ size: SMALL, fps: 5, faults: (connection) => (connection === 0 ? faults : []) });
}

function serial(...faults: readonly Fault<SerialPhase>[]): () => Promise<FaultyServer> {
  return () => startFakeSerial({ hostname: "faulty", faults });
}

/**
 * The faults in the order in which they are shown.
 * @param delay - seconds until a fault takes effect
 */
export function faultRecipes(delay: number): readonly FaultRecipe[] {
  return [...gatewayFaults(delay), ...targetFaults(delay), ...streamFaults(delay)];
}

/** The gateway ends or refuses a session. */
function gatewayFaults(delay: number): readonly FaultRecipe[] {
  const later = `After ${seconds(delay)}`;
  return [
    fault("expire", "Expire", "vnc", `Access lasts ${seconds(lifetime(delay))}. Then the screen is cleared.`, {
      start: vnc(),
    }),
    fault("terminate", "Terminate", "vnc", `${later} an operator ends the session.`, {
      ttl: LONG,
      start: vnc(),
      later: "terminate",
    }),
    fault("replace", "Replace", "vnc", `${later} another user takes over the console, and this session ends.`, {
      gateway: "exclusive",
      start: vnc(),
      later: "replace",
    }),
    fault("idle", "Idle", "serial", `Without input for ${seconds(idleTimeout(delay))}, the gateway ends the session.`, {
      ttl: LONG,
      gateway: "idle",
      start: serial(),
    }),
    fault("drain", "Drain", "vnc", `${later} the gateway restarts. The console reconnects.`, {
      ttl: LONG,
      gateway: "restartable",
      start: vnc(),
      later: "restart",
    }),
    fault(
      "renewal",
      "Refused renewal",
      "vnc",
      "Press Renew: the new token is refused, and the deadline does not change.",
      {
        start: vnc(),
        badToken: "renew",
      },
    ),
    fault("token", "Invalid token", "vnc", "Opens with a token that the gateway does not know.", {
      start: vnc(),
      badToken: "open",
    }),
  ];
}

/** The target cannot be reached or opened. */
function targetFaults(delay: number): readonly FaultRecipe[] {
  return [
    fault("refused-target", "Refused target", "vnc", "The gateway is not allowed to connect to this target.", {
      targetsGateway: true,
    }),
    fault("not-found", "Unknown name", "vnc", "The target’s name does not resolve.", {
      target: "no-such-machine.invalid:5900",
    }),
    fault(
      "timeout",
      "No answer",
      "vnc",
      `The machine does not respond. The gateway gives up after ${seconds(delay)}.`,
      {
        start: startUnacceptingServer,
        options: NO_RECONNECT,
      },
    ),
    fault("unreachable", "Unreachable", "vnc", `The machine is off for ${seconds(delay)}. Then the console connects.`, {
      ttl: LONG,
      start: vnc({ type: "refuse" }),
      later: "accept",
    }),
    fault("password", "Wrong password", "vnc", "The machine rejects the password.", {
      start: () => startFakeVnc({ size: SMALL, password: "secret" }),
      options: { password: "wrong", ...NO_RECONNECT },
    }),
  ];
}

/** The target fails in the middle of a session. */
function streamFaults(delay: number): readonly FaultRecipe[] {
  const at = { afterMs: delay * 1000 };
  const later = `After ${seconds(delay)}`;
  return [
    fault("stall", "Stall", "vnc", `${later} the screen freezes. The session still ends on time.`, {
      start: vnc({ type: "stall", at }),
    }),
    fault(
      "stop-reading",
      "Stop reading",
      "serial",
      "The machine ignores what you type. The session still ends on time.",
      {
        start: serial({ type: "stop_reading", at: { afterMs: 500 } }),
      },
    ),
    fault("split", "Split", "vnc", "Everything arrives in pieces of 7 bytes. The screen is still complete.", {
      start: () => startFakeVnc({ size: SMALL, faults: [{ type: "split", bytes: 7 }] }),
    }),
    fault("slow", "Slow", "vnc", "8 kB per second: the screen loads slowly. The session still ends on time.", {
      start: vnc({ type: "slow", bytesPerSecond: 8000 }),
    }),
    fault("flood", "Flood", "serial", "Endless output. The page stays responsive, and the session ends on time.", {
      start: serial({ type: "flood", at: "login" }),
    }),
    fault("reset", "Reset", "vnc", `${later} the connection is lost. The console reconnects.`, {
      ttl: LONG,
      start: vncAtFirst({ type: "reset", at }),
    }),
    fault("close", "Close", "vnc", `${later} the machine closes the console, as when it is powered off.`, {
      ttl: LONG,
      start: vnc({ type: "close", at }),
      options: NO_RECONNECT,
    }),
    fault("garbage", "Garbage", "vnc", "The machine sends random bytes, and the viewer stops.", {
      start: vnc({ type: "garbage", at: "version" }),
      options: NO_RECONNECT,
    }),
  ];
}

/** Lifetime of a fault's console in seconds: long enough to see the fault and that the session ends on time. */
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
  about: string,
  rest: Omit<FaultRecipe, keyof FaultCard>,
): FaultRecipe {
  return { id, name, type, about, ...rest };
}
