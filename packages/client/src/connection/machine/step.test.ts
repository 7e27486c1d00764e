import { CloseCode } from "@curfew/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Harness } from "../../../test/machine-harness.ts";
import { step } from "./step.ts";
import type { MachineEvent, MachineState, ResolvedOptions } from "./types.ts";

const offset = fc.constantFrom(0, 0, 0, -1);
const anyCode = fc.oneof(
  fc.constantFrom(1000, 1001, 1005, 1006, 1011, 1002, ...Object.values(CloseCode)),
  fc.integer({ min: 0, max: 4999 }),
);
const control = fc.oneof(
  fc.record({
    type: fc.constant("hello"),
    session: fc.constant("s"),
    expiresInMs: fc.option(fc.nat(100_000)),
    renewable: fc.boolean(),
  }),
  fc.record({ type: fc.constant("expiring"), expiresInMs: fc.nat(60_000) }),
  fc.record({ type: fc.constant("renewed"), id: fc.nat(4), expiresInMs: fc.option(fc.nat(100_000)) }),
  fc.record({ type: fc.constant("renew_failed"), id: fc.nat(4), reason: fc.constant("token_invalid") }),
  fc.record({ type: fc.constant("pong"), id: fc.nat(4) }),
  fc.record({ type: fc.constant("pong"), id: fc.nat(4), expiresInMs: fc.option(fc.nat(100_000)) }),
  fc.record({ type: fc.constant("idle_warning"), endsInMs: fc.option(fc.nat(60_000)) }),
  fc.record({ type: fc.constant("takeover_request"), id: fc.nat(2), endsInMs: fc.nat(10_000) }),
  fc.record({ type: fc.constant("takeover_over"), id: fc.nat(2) }),
  fc.record({ type: fc.constant("takeover_pending"), endsInMs: fc.nat(10_000) }),
  fc.record({ type: fc.constant("bye"), reason: fc.constantFrom(...Object.keys(CloseCode)) }),
  fc.constantFrom({ type: "new" }, []),
);
/** Built when it is sent, because most events name the current attempt, or (offset -1) the one before. */
type Make = (attemptId: number) => MachineEvent;
const made = <T>(arbitrary: fc.Arbitrary<T>, make: (value: T, attemptId: number) => MachineEvent): fc.Arbitrary<Make> =>
  fc.tuple(arbitrary, offset).map(
    ([value, back]): Make =>
      (attemptId) =>
        make(value, attemptId + back),
  );
const plain = fc.constantFrom<MachineEvent>(
  { type: "connect", hidden: false },
  { type: "connect", hidden: true },
  { type: "reconnect", hidden: false },
  { type: "ping" },
  { type: "close" },
  { type: "viewerReady" },
  { type: "viewerWaiting" },
  { type: "viewerAnswered" },
  { type: "inputInSilence" },
  { type: "viewerFailed", detail: "x", reason: "credentials_rejected", retry: false },
  { type: "viewerFailed", detail: "x", reason: "credentials_rejected", retry: true },
  { type: "renew", token: undefined },
  { type: "renew", token: "t" },
  { type: "answerTakeover", allow: true },
  { type: "online" },
  { type: "offline" },
  { type: "visible" },
  { type: "hidden" },
);
const anyEvent: fc.Arbitrary<Make | "timer" | "open"> = fc.oneof(
  made(plain, (event) => event),
  made(fc.constant(null), (_, attemptId) => ({
    type: "authorized",
    attemptId,
    webSocket: { url: "ws://x/", protocols: [] },
  })),
  made(fc.boolean(), (stop, attemptId) => ({ type: "authorizeFailed", attemptId, detail: "x", stop })),
  made(fc.constant(null), (_, attemptId) => ({ type: "socketFailed", attemptId, detail: "x" })),
  made(fc.constantFrom("curfew.v1", "binary", ""), (protocol, attemptId) => ({ type: "opened", attemptId, protocol })),
  made(control, (message, attemptId) => ({ type: "control", attemptId, text: JSON.stringify(message) })),
  made(fc.constant(null), (_, attemptId) => ({ type: "output", attemptId })),
  made(anyCode, (code, attemptId) => ({ type: "socketClosed", attemptId, code, reason: "" })),
  made(fc.constant(null), (_, attemptId) => ({ type: "viewerClosed", attemptId })),
  made(fc.nat(4), (id, attemptId) => ({ type: "tokenFetched", attemptId, id, token: "t" })),
  made(fc.nat(4), (id, attemptId) => ({ type: "tokenFetchFailed", attemptId, id, cause: "x" })),
  made(fc.option(fc.nat(5000)), (delayMs, attemptId) => ({ type: "policy", attemptId, delayMs })),
  { weight: 3, arbitrary: fc.constantFrom("timer" as const, "open" as const) },
);
const anyRun = fc.record({
  changes: fc.record({ autoRenew: fc.boolean(), reconnects: fc.boolean(), waitForViewer: fc.boolean() }),
  events: fc.array(fc.tuple(anyEvent, fc.oneof(fc.nat(1000), fc.nat(40_000))), { maxLength: 60, size: "max" }),
});

/** Runs the events, calling `check` after each. `timer` fires the one that is due next, `open` connects. */
function run(
  { changes, events }: { changes: Partial<ResolvedOptions>; events: [Make | "timer" | "open", number][] },
  check: (harness: Harness, before: MachineState, event: MachineEvent | undefined, from: number) => void,
): Harness {
  const harness = new Harness(changes);
  for (const [make, ms] of events) {
    const before = harness.state;
    const from = harness.emitted.length;
    harness.now += ms;
    let event: MachineEvent | undefined;
    if (make === "timer") {
      const next = [...harness.timers].toSorted(([, a], [, b]) => a - b)[0];
      if (next) harness.fire(next[0]);
    } else if (make === "open") {
      event = { type: "connect", hidden: false };
      harness.connected();
    } else {
      event = make(before.attemptId);
      harness.send(event);
    }
    check(harness, before, event, from);
  }
  return harness;
}

describe("in any order of events", () => {
  test("keeps closed until it is to connect, and says closed once for each opening", () => {
    fc.assert(
      fc.property(anyRun, (sequence) => {
        run(sequence, ({ state, emitted }, before, event, from) => {
          const closings = emitted.slice(from).filter(({ name }) => name === "closed").length;
          const wasClosed = before.phase.name === "closed";
          const isClosed = state.phase.name === "closed";
          const opens = event?.type === "connect" || event?.type === "reconnect";
          expect(isClosed).toBe(wasClosed ? !opens : isClosed);
          expect(closings).toBe(isClosed && !wasClosed ? 1 : 0);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("leaves no timer, socket or page listener once closed, and never two sockets", () => {
    fc.assert(
      fc.property(anyRun, (sequence) => {
        run(sequence, (harness) => {
          expect(harness.sockets).toBe(harness.state.phase.name === "socket" ? 1 : 0);
          if (harness.state.phase.name !== "closed") return;
          expect([...harness.timers.keys()]).toEqual([]);
          expect(harness.watching).toBe(false);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("resets the attempt counter only after a connection that held for 10 s, or opened anew", () => {
    fc.assert(
      fc.property(anyRun, (sequence) => {
        let since = Infinity;
        run(sequence, ({ state, now }, before, event) => {
          const isShut = before.phase.name === "idle" || before.phase.name === "closed";
          const anew = event?.type === "reconnect" || (event?.type === "connect" && isShut);
          const reset =
            state.attempt < before.attempt || (before.failingSince !== undefined && state.failingSince === undefined);
          expect(reset && !anew && !(now - since >= 10_000)).toBe(false);
          if (state.published.status !== "connected") since = Infinity;
          else if (before.published.status !== "connected") since = now;
        });
      }),
      { numRuns: 500 },
    );
  });

  test("ignores what belongs to an attempt that is over", () => {
    fc.assert(
      fc.property(anyRun, (sequence) => {
        run(sequence, ({ state }, before, event) => {
          const stale = event !== undefined && "attemptId" in event && event.attemptId !== before.attemptId;
          expect(state).toBe(stale ? before : state);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("answers every renewal that it began: with the gateway's word, or with the end of the connection", () => {
    const renewalOf = ({ phase }: MachineState): number | undefined =>
      phase.name === "socket" ? phase.socket.renewal?.id : undefined;
    fc.assert(
      fc.property(anyRun, (sequence) => {
        let settled = 0;
        run(sequence, ({ state, effects }, before) => {
          const answers = effects.filter(({ type }) => type === "settleRenewals").length;
          const over = renewalOf(before) !== undefined && renewalOf(state) === undefined;
          expect(over && answers === settled).toBe(false);
          settled = answers;
        });
      }),
      { numRuns: 500 },
    );
  });

  test("aborts what it asked the page for once the answer is no longer wanted", () => {
    const asks = ({ phase }: MachineState): boolean =>
      phase.name === "authorizing" ||
      (phase.name === "socket" && phase.socket.renewal !== undefined && !phase.socket.renewal.sent);
    fc.assert(
      fc.property(anyRun, (sequence) => {
        let cancelled = 0;
        run(sequence, ({ state, effects }, before) => {
          const cancellations = effects.filter(({ type }) => type === "cancelCallbacks").length;
          const over = asks(before) && ["closed", "waiting", "deciding"].includes(state.phase.name);
          expect(over && cancellations === cancelled).toBe(false);
          cancelled = cancellations;
        });
      }),
      { numRuns: 500 },
    );
  });

  test("waits longer while hidden, and tries at once when the network or the page comes back", () => {
    fc.assert(
      fc.property(anyRun, fc.constantFrom("online" as const, "visible" as const), (sequence, wakes) => {
        run(sequence, ({ state, timers }, before, event) => {
          if (event?.type !== "policy" || state.phase.name !== "waiting" || before.phase.name !== "deciding") return;
          expect(timers.get("retry")).toBe((event.delayMs ?? 0) * (state.hidden ? 4 : 1));
          const { state: woken } = step(state, { type: wakes }, { now: 0, wall: 0, lastFrameAt: 0 });
          expect(woken.phase.name).toBe("authorizing");
        });
      }),
      { numRuns: 500 },
    );
  });

  test("says unresponsive only while a ping of an open console waits for its answer, and once for each", () => {
    const pingOf = ({ phase }: MachineState): number | undefined =>
      phase.name === "socket" ? phase.socket.ping?.id : undefined;
    fc.assert(
      fc.property(anyRun, (sequence) => {
        let told = "";
        run(sequence, ({ state, emitted, timers }, before, _event, from) => {
          const id = pingOf(state);
          expect(timers.has("late") && (id === undefined || !timers.has("pong"))).toBe(false);
          const ping = `${id} of attempt ${state.attemptId}`;
          const waits = state.published.status === "connected" && id !== undefined && id === pingOf(before);
          const tells = emitted.slice(from).some(({ name }) => name === "unresponsive");
          expect(tells && !(waits && ping !== told)).toBe(false);
          if (tells) told = ping;
        });
      }),
      { numRuns: 500 },
    );
  });

  test("tells every change of state exactly once, and always has a way on", () => {
    fc.assert(
      fc.property(anyRun, (sequence) => {
        run(sequence, ({ state, emitted, timers }, before, _event, from) => {
          const told = emitted.slice(from).filter((emit) => emit.name === "state");
          expect(told.at(-1)?.event ?? before.published).toBe(state.published);
          expect(new Set(told.map((emit) => emit.event)).size).toBe(told.length);
          expect(timers.has("retry")).toBe(state.phase.name === "waiting");
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("the end of a session", () => {
  test("is noticed even when the gateway's closing never arrives", () => {
    const harness = new Harness().connected(30_000);
    harness.now = 32_000;
    harness.fire("expire");
    expect(harness.state.published).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
  });

  test("is noticed when the connection breaks after it, not when it breaks before", () => {
    const broken = (now: number): MachineState => {
      const harness = new Harness().connected(30_000);
      harness.now = now;
      harness.send({ type: "socketClosed", attemptId: harness.state.attemptId, code: 1006, reason: "" });
      return harness.state;
    };
    expect(broken(29_999).phase).toMatchObject({ name: "deciding", cause: { reason: "connection_lost" } });
    expect(broken(30_000).published).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
  });

  test("is not announced early by a timer that the browser cut short", () => {
    const days30 = 30 * 86_400_000;
    const harness = new Harness().connected(days30);
    harness.now = 2 ** 31 - 1;
    harness.fire("expire");
    harness.fire("warn");
    expect(harness.state.published).toMatchObject({ status: "connected", session: { expiring: false } });
    expect(harness.timers.get("expire")).toBe(days30 - harness.now + 2000);
  });

  test("authorizes at once with autoRenew, but not twice in a row", () => {
    const harness = new Harness({ autoRenew: true }).connected(30_000);
    const expire = (): void =>
      harness.send({ type: "socketClosed", attemptId: harness.state.attemptId, code: 4100, reason: "session_expired" });
    expire();
    expect(harness.state.phase.name).toBe("authorizing");
    harness.send({
      type: "authorized",
      attemptId: harness.state.attemptId,
      webSocket: { url: "ws://x/", protocols: [] },
    });
    expire();
    expect(harness.state.published).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
  });

  test("authorizes at once again after a connection that held for 10 s, not after a shorter one", () => {
    const harness = new Harness({ autoRenew: true }).connected(30_000);
    for (let round = 0; round < 3; round += 1) {
      harness.now += 10_000;
      harness.send({ type: "socketClosed", attemptId: harness.state.attemptId, code: 4100, reason: "session_expired" });
      harness.reopen(30_000);
      expect(harness.state.published.status).toBe("connected");
    }
    harness.now += 9999;
    harness.send({ type: "socketClosed", attemptId: harness.state.attemptId, code: 4100, reason: "session_expired" });
    expect(harness.state.published).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
  });
});
