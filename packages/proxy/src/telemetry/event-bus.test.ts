import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LabelCounters } from "./counters.ts";
import { EventBus, EventRefused } from "./event-bus.ts";
import type { EventObserver, OutcomeEvent, RequestEvent } from "./events.ts";
import { createLogger } from "./log.ts";

const REQUEST: RequestEvent = {
  type: "revocation_requested",
  actor: { name: "admin", address: "192.0.2.1" },
  tokenId: "a token's id",
};
const REVOKED: OutcomeEvent = { ...REQUEST, type: "token_revoked", sessions: 0 };
const LIMITED: OutcomeEvent = { type: "limit_reached", limit: "max", sessionId: "a session's id" };

/** A bus of these observers, and last one that records what it hears. */
function busOf(...observers: EventObserver[]): {
  bus: EventBus;
  heard: string[];
  lines: Record<string, unknown>[];
  failures: LabelCounters;
} {
  const heard: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const failures = new LabelCounters([]);
  const log = createLogger("trace", { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const recorder = { name: "recorder", notify: ({ type }: { type: string }) => void heard.push(type) };
  return { bus: new EventBus([...observers, recorder], { log, failures }), heard, lines, failures };
}

describe("an observer that throws", () => {
  test.each<[string, EventObserver["notify"] & object]>([
    [
      "at once",
      () => {
        throw new Error("disk full");
      },
    ],
    ["later", async () => Promise.reject(new Error("disk full"))],
  ])("%s keeps no other from the event, is counted each time, and logged once per kind", async (_when, notify) => {
    const { bus, heard, lines, failures } = busOf({ name: "watcher", notify });
    for (const event of [REVOKED, REVOKED, LIMITED]) bus.notify(event);
    await bus.ask(REQUEST);
    await new Promise(setImmediate);
    expect(heard).toEqual(["token_revoked", "token_revoked", "limit_reached", "revocation_requested"]);
    expect(failures.counts.get("watcher")).toBe(4);
    expect(lines).toMatchObject(
      ["token_revoked", "limit_reached", "revocation_requested"].map((event) => ({
        level: "error",
        observer: "watcher",
        event,
        err: { message: "disk full" },
      })),
    );
  });

  test("is counted even if the log throws as well", () => {
    const failures = new LabelCounters([]);
    const log = createLogger("trace", {
      write() {
        throw new Error("closed");
      },
    });
    const watcher: EventObserver = {
      name: "log",
      notify: () => log.info("an event"),
    };
    new EventBus([watcher], { log, failures }).notify(REVOKED);
    expect(failures.counts.get("log")).toBe(1);
  });
});

describe("an observer that is asked", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("and agrees, at once or later, lets the event happen, which all then hear of", async () => {
    const answer = Promise.withResolvers<void>();
    const { bus, heard } = busOf(
      { name: "quick", before() {} },
      { name: "slow", before: async () => await answer.promise },
    );
    const asked = bus.ask(REQUEST);
    await vi.advanceTimersByTimeAsync(4999);
    expect(heard).toEqual([]);
    answer.resolve();
    await asked;
    expect(heard).toEqual(["revocation_requested"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each<[string, EventObserver["before"] & object]>([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("disk full"))],
  ])("and %s prevents the event, and the others are no longer waited for", async (_how, before) => {
    let given: AbortSignal | undefined;
    const never = async (_event: RequestEvent, signal: AbortSignal): Promise<void> => {
      given = signal;
      await new Promise<void>(() => {});
    };
    const { bus, heard } = busOf({ name: "slow", before: never }, { name: "audit", before });
    const refusal = await bus.ask(REQUEST).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EventRefused);
    expect(refusal).toMatchObject({ reason: "server_busy", message: expect.stringContaining('"audit"') as string });
    expect(String((refusal as Error).cause)).toBe("Error: disk full");
    expect([heard, given?.aborted, vi.getTimerCount()]).toEqual([[], true, 0]);
  });

  test("and does not answer within five seconds prevents the event", async () => {
    const answer = Promise.withResolvers<void>();
    const { bus, heard } = busOf({ name: "audit", before: async () => await answer.promise });
    const refusal = bus.ask(REQUEST).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(String(((await refusal) as Error).cause)).toContain("no answer within 5000 ms");
    answer.reject(new Error("too late, and not an unhandled rejection"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([]);
  });

  test.each([
    ["before", true],
    ["during", false],
  ])("is no longer waited for when the request is given up %s the question", async (_when, early) => {
    const session = new AbortController();
    if (early) session.abort();
    const { bus, heard } = busOf({ name: "audit", before: async () => await new Promise<void>(() => {}) });
    const refusal = bus.ask(REQUEST, session.signal).catch((error: unknown) => error);
    session.abort();
    expect(await refusal).toBeInstanceOf(EventRefused);
    expect([heard, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
