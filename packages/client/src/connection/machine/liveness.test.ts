import { describe, expect, test } from "vitest";
import { Harness } from "../../../test/machine-harness.ts";
import type { Effect, EmitEffect } from "./types.ts";

describe("liveness", () => {
  test("loses the connection when nothing arrives for 10 s after a ping", () => {
    const harness = new Harness().connected();
    harness.now = 15_000;
    harness.fire("ping");
    harness.now = 25_000;
    harness.fire("pong");
    expect(harness.state.phase).toMatchObject({ name: "deciding", cause: { reason: "connection_lost", code: 1006 } });
  });

  test("counts data as a sign of life", () => {
    const harness = new Harness().connected();
    harness.now = 15_000;
    harness.fire("ping");
    harness.lastFrameAt = 16_000;
    harness.now = 25_000;
    harness.fire("pong");
    expect(harness.state.published.status).toBe("connected");
    expect(harness.timers.has("ping")).toBe(true);
  });

  const told = ({ emitted }: Harness): EmitEffect[] =>
    emitted.filter(({ name }) => name === "unresponsive" || name === "latency");

  test("tells after 1.5 s that an answer is late, and the round trip when it comes", () => {
    const harness = new Harness().connected();
    harness.fire("ping");
    expect(harness.timers.get("late")).toBe(1500);
    harness.now = 1500;
    harness.fire("late");
    expect(told(harness)).toEqual([{ type: "emit", name: "unresponsive", event: { waitedMs: 1500 } }]);
    harness.now = 4000;
    harness.answer();
    expect(told(harness).at(-1)).toEqual({ type: "emit", name: "latency", event: { rttMs: 4000 } });
  });

  test("asks soon again after a late answer, and at the usual time after one in time", () => {
    const harness = new Harness().connected();
    harness.fire("ping");
    harness.now = 1501;
    harness.answer();
    expect(harness.timers.get("ping")).toBe(1500);
    harness.fire("ping");
    harness.now += 1500;
    harness.answer();
    expect(harness.timers.get("ping")).toBe(15_000);
  });

  test("calls nothing unresponsive after the computer slept, but asks again", () => {
    const harness = new Harness().connected();
    harness.fire("ping");
    harness.now = 3_600_000;
    harness.fire("late");
    expect(told(harness)).toEqual([]);
    harness.now += 1500;
    harness.fire("late");
    expect(told(harness)).toMatchObject([{ event: { waitedMs: 1500 } }]);
  });

  test.each([3_600_000, 11_001])("asks again where the computer slept, %i ms after a ping", (now) => {
    const harness = new Harness().connected();
    harness.fire("ping");
    harness.now = now;
    harness.fire("pong");
    expect(harness.state.published.status).toBe("connected");
    harness.now += 10_000;
    harness.fire("pong");
    expect(harness.state.phase.name).toBe("deciding");
  });

  test("loses a dead connection in a hidden tab, whose timers fire once a minute, at the second one", () => {
    const harness = new Harness().connected();
    harness.send({ type: "hidden" });
    harness.fire("ping");
    harness.now = 60_000;
    harness.fire("late");
    expect([pings(harness).length, harness.state.phase.name]).toEqual([2, "socket"]);
    harness.now = 120_000;
    harness.fire("late");
    // Not once more: that would go on for ever.
    expect(pings(harness)).toHaveLength(2);
    harness.fire("pong");
    expect(harness.state.phase).toMatchObject({ name: "deciding", cause: { reason: "connection_lost" } });
  });

  test.each(["online", "visible"] as const)("loses a dead connection 3 s after %s, even if a ping waits", (type) => {
    const harness = new Harness().connected();
    harness.fire("ping");
    harness.now = 5000;
    harness.send({ type });
    expect(pings(harness)).toHaveLength(2);
    expect(harness.timers.get("pong")).toBe(3000);
    harness.now += 3000;
    harness.fire("pong");
    expect(harness.state.phase).toMatchObject({ name: "deciding", cause: { detail: "no frame arrived for 3 s" } });
  });

  test("asks when the user does something while nothing arrives, and only once", () => {
    const harness = new Harness().connected();
    for (let key = 0; key < 3; key += 1) harness.send({ type: "inputInSilence" });
    expect(pings(harness)).toHaveLength(1);
  });
});

function pings({ effects }: Harness): Effect[] {
  return effects.filter((effect) => effect.type === "send" && effect.message.type === "ping");
}

describe("the time left", () => {
  const expiresAt = ({ state }: Harness): number | null | undefined =>
    state.published.status === "connected" ? state.published.session?.expiresAt : undefined;

  test("goes on while the computer sleeps and its monotonic clock stands still", () => {
    const harness = new Harness().connected(600_000);
    harness.now = 1000;
    harness.sleptMs = 300_000;
    harness.send({ type: "visible" });
    expect(expiresAt(harness)).toBe(300_000);
    expect(harness.timers.get("expire")).toBe(299_000 + 2000);
    expect(pings(harness)).toHaveLength(2);
  });

  test("is over when the session ended during the sleep", () => {
    const harness = new Harness().connected(60_000);
    harness.sleptMs = 3_600_000;
    harness.fire("ping");
    expect(expiresAt(harness)).toBe(harness.now);
    harness.now += 2000;
    harness.fire("expire");
    expect(harness.state.published).toMatchObject({ status: "closed", cause: { reason: "session_expired" } });
  });

  test("is not longer because the clock was set back", () => {
    const harness = new Harness().connected(600_000);
    harness.now = 1000;
    harness.sleptMs = -3_600_000;
    harness.send({ type: "visible" });
    expect(expiresAt(harness)).toBe(600_000);
  });

  test("is what the gateway says when the clock was set forward", () => {
    const harness = new Harness().connected(600_000);
    harness.now = 1000;
    harness.sleptMs = 3_600_000;
    harness.send({ type: "visible" });
    expect(expiresAt(harness)).toBe(1000);
    harness.answer({ expiresInMs: 599_000 });
    expect(expiresAt(harness)).toBe(600_000);
    harness.send({ type: "online" });
    expect(expiresAt(harness)).toBe(600_000);
  });

  test("follows a pong only where it differs, so that pings change no state", () => {
    const harness = new Harness().connected(600_000);
    const { published } = harness.state;
    for (const expiresInMs of [600_000, 599_100, 600_900]) {
      harness.send({ type: "inputInSilence" });
      harness.answer({ expiresInMs });
      expect(harness.state.published).toBe(published);
    }
    for (const [expiresInMs, end] of [
      [900_000, 900_000],
      [null, null],
    ] as const) {
      harness.send({ type: "inputInSilence" });
      harness.answer({ expiresInMs });
      expect(expiresAt(harness)).toBe(end);
    }
  });
});
