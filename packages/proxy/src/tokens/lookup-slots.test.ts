import { expect, test } from "vitest";
import { LookupSlots } from "./lookup-slots.ts";

const LIMITS = { running: 3, runningPerClient: 2, waiting: 4, waitingPerClient: 3 };
const never = new AbortController().signal;

/** Asks for a slot, and tells whether it has one. */
class Ask {
  state: "waiting" | "running" | "refused" = "waiting";
  error: unknown;
  readonly #abort = new AbortController();
  #release: (() => void) | undefined;

  constructor(slots: LookupSlots, client: string) {
    void this.#acquire(slots, client);
  }

  async release(): Promise<void> {
    this.#release?.();
    await settle();
  }

  async abort(): Promise<void> {
    this.#abort.abort(new Error("the session has ended"));
    await settle();
  }

  async #acquire(slots: LookupSlots, client: string): Promise<void> {
    try {
      this.#release = await slots.acquire(client, this.#abort.signal);
      this.state = "running";
    } catch (error) {
      this.error = error;
      this.state = "refused";
    }
  }
}

/** Lets every promise that is settled run its reactions. */
async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

async function ask(slots: LookupSlots, ...clients: readonly string[]): Promise<readonly Ask[]> {
  const asks = clients.map((client) => new Ask(slots, client));
  await settle();
  return asks;
}

const states = (asks: readonly Ask[]): string[] => asks.map(({ state }) => state);

test("no more lookups run at once than the limits allow: for one client, and for all together", async () => {
  const slots = new LookupSlots(LIMITS);
  const asks = await ask(slots, "a", "a", "a", "b", "b");
  expect(states(asks)).toEqual(["running", "running", "waiting", "running", "waiting"]);
});

test("a released slot goes to the next that may run, and a client at its limit does not hold up another", async () => {
  const slots = new LookupSlots(LIMITS);
  const [first, , third, , second] = await ask(slots, "a", "a", "a", "b", "b");
  await second?.release();
  expect(third?.state).toBe("waiting");
  await first?.release();
  expect([third?.state, second?.state]).toEqual(["running", "waiting"]);
});

test("clients take turns: one with many lookups does not hold up another's first", async () => {
  const slots = new LookupSlots({ ...LIMITS, running: 1 });
  const [running, ...waiting] = await ask(slots, "a", "a", "a", "a", "b");
  await running?.release();
  const started = waiting.filter(({ state }) => state === "running");
  await started[0]?.release();
  expect(waiting.at(-1)?.state).toBe("running");
});

test("more than the limit for one client, or for all together, do not wait but are refused", async () => {
  const slots = new LookupSlots(LIMITS);
  const asks = await ask(slots, "a", "a", "a", "a", "a", "a");
  expect(states(asks)).toEqual(["running", "running", "waiting", "waiting", "waiting", "refused"]);
  const others = await ask(slots, "b", "b", "c");
  expect(states(others)).toEqual(["running", "waiting", "refused"]);
  expect(String(others[2]?.error)).toContain("too many token lookups are waiting");
});

test("one that gives up its wait frees its place in the queue, and never runs", async () => {
  const slots = new LookupSlots(LIMITS);
  const [first, , third] = await ask(slots, "a", "a", "a", "a", "a");
  await third?.abort();
  expect([third?.state, String(third?.error)]).toEqual(["refused", "Error: the session has ended"]);
  expect(states(await ask(slots, "a"))).toEqual(["waiting"]);
  await first?.release();
  expect(third?.state).toBe("refused");
  await expect(slots.acquire("a", AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
});

test("when all have released their slots, the next ones run at once", async () => {
  const slots = new LookupSlots(LIMITS);
  const clients = ["a", "a", "a", "b", "b", "c"];
  const asks = await ask(slots, ...clients);
  for (let round = 0; round < clients.length; round += 1) {
    for (const each of asks.filter(({ state }) => state === "running")) {
      each.state = "waiting";
      await each.release();
    }
  }
  const releases = await Promise.all(["a", "a", "b"].map((client) => slots.acquire(client, never)));
  expect(releases).toHaveLength(3);
});
