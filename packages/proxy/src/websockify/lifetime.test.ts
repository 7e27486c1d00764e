import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GatewayEvent } from "../telemetry/events.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import { Lifetime, type LifetimeOptions } from "./lifetime.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FOR_EVER: LifetimeOptions = { runOnce: false, timeoutMs: 0, idleTimeoutMs: 0 };

/** A lifetime that has started, and why it stopped. */
function start(options: Partial<LifetimeOptions>): { lifetime: Lifetime; stops: unknown[] } {
  const stops: unknown[] = [];
  const lifetime = new Lifetime({ ...FOR_EVER, ...options }, (why, drainMs) => stops.push([why, drainMs]));
  lifetime.start();
  return { lifetime, stops };
}

function event(type: "session_requested" | "session_ended", id: string): GatewayEvent {
  const session: SessionInfo = {
    id,
    clientAddress: "192.0.2.1",
    grant: undefined,
    bytes: { toClient: 0, toTarget: 0 },
    expiresAt: null,
    ageMs: 0,
  };
  return type === "session_requested" ? { type, session } : { type, session, end: { reason: "target_closed" } };
}

test("without such an option it runs for ever", () => {
  const { lifetime, stops } = start({});
  lifetime.notify(event("session_requested", "a"));
  lifetime.notify(event("session_ended", "a"));
  vi.advanceTimersByTime(1e9);
  expect(stops).toEqual([]);
});

test("after --timeout it stops, and lets the sessions that run go on", () => {
  const { lifetime, stops } = start({ timeoutMs: 5000 });
  lifetime.notify(event("session_requested", "a"));
  vi.advanceTimersByTime(4999);
  expect(stops).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(stops).toEqual([["exit due to --timeout", Infinity]]);
});

test("--idle-timeout counts from the start, and anew when the last session has ended", () => {
  expect(start({ idleTimeoutMs: 5000 }).stops).toEqual([]);
  const { lifetime, stops } = start({ idleTimeoutMs: 5000 });
  vi.advanceTimersByTime(4000);
  for (const id of ["a", "b"]) lifetime.notify(event("session_requested", id));
  vi.advanceTimersByTime(60_000);
  lifetime.notify(event("session_ended", "a"));
  vi.advanceTimersByTime(60_000);
  expect(stops).toEqual([]);
  lifetime.notify(event("session_ended", "b"));
  vi.advanceTimersByTime(4999);
  expect(stops).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(stops).toEqual([["exit due to --idle-timeout", 0]]);
});

test("--run-once ends with the first session, not with a client that is refused", () => {
  const { lifetime, stops } = start({ runOnce: true });
  lifetime.notify(event("session_ended", "refused"));
  expect(stops).toEqual([]);
  lifetime.notify(event("session_requested", "a"));
  lifetime.notify(event("session_ended", "a"));
  expect(stops).toEqual([["exit due to --run-once", 0]]);
});
