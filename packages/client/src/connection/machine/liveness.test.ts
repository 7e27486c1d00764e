import { describe, expect, test } from "vitest";
import { Harness } from "../../../test/machine-harness.ts";
import type { EmitEffect } from "./types.ts";

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

  test("asks again after the computer slept", () => {
    const harness = new Harness().connected();
    harness.fire("ping");
    harness.now = 3_600_000;
    harness.fire("pong");
    expect(harness.state.published.status).toBe("connected");
    harness.now += 10_000;
    harness.fire("pong");
    expect(harness.state.phase.name).toBe("deciding");
  });
});
