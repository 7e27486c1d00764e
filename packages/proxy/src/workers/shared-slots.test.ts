import { describe, expect, test } from "vitest";
import { SharedSlots as AnySharedSlots } from "../limits/shared-slots.ts";
import { type LimitOptions, type SlotLease, Slots } from "../limits/slots.ts";
import { ChannelClosed } from "./ipc-channel.ts";
import { WorkerProcess } from "./worker-process.ts";

class SharedSlots extends AnySharedSlots<WorkerProcess> {
  constructor(options: LimitOptions) {
    super(new Slots(options));
  }
}

const lease = (id: string, instance = "vm-1"): SlotLease => ({
  id,
  session: `session ${id}`,
  client: "192.0.2.1",
  token: `token ${id}`,
  instance,
  user: undefined,
});
const replacing = {
  max: 2,
  max_per_client: null,
  max_per_token: null,
  max_per_instance: 1,
  max_per_user: null,
  on_limit: "replace",
} as const;

function workerAt(channel: Record<string, (request: never) => unknown>): WorkerProcess {
  return Object.create(WorkerProcess.prototype, { channel: { value: channel } }) as WorkerProcess;
}

/** A worker whose answer to `end` the test gives. */
function fakeWorker(): { worker: WorkerProcess; asked: unknown[]; answer: PromiseWithResolvers<number> } {
  const asked: unknown[] = [];
  const answer = Promise.withResolvers<number>();
  const ask = async (request: unknown): Promise<number> => {
    asked.push(request);
    return await answer.promise;
  };
  return { worker: workerAt({ ask }), asked, answer };
}

test("a session that replaces another has its slot only when the other has ended", async () => {
  const slots = new SharedSlots(replacing);
  const { worker, asked, answer } = fakeWorker();
  expect(await slots.acquire(lease("old"), worker)).toBeNull();
  let acquired = false;
  const acquiring = slots.acquire(lease("new"), worker).then((refusedBy) => {
    acquired = true;
    return refusedBy;
  });
  await new Promise(setImmediate);
  expect(asked).toEqual([
    {
      type: "end",
      selection: { by: "id", id: "session old" },
      reason: "session_replaced",
      detail: "another session took the console over",
    },
  ]);
  expect(acquired).toBe(false);
  answer.resolve(1);
  expect(await acquiring).toBeNull();
});

describe("while the end of a machine's session is not confirmed, a later one does not start either", () => {
  /** A first session, which does not end yet, and a second one that waits for it. */
  async function twoSessions(): Promise<{
    slots: SharedSlots;
    first: ReturnType<typeof fakeWorker>;
    second: ReturnType<typeof fakeWorker>;
    waiting: Promise<unknown>;
  }> {
    const slots = new SharedSlots(replacing);
    const [first, second] = [fakeWorker(), fakeWorker()];
    await slots.acquire(lease("first"), first.worker);
    const waiting = slots.acquire(lease("second"), second.worker).catch(String);
    return { slots, first, second, waiting };
  }

  test.each<[string, (slots: SharedSlots, second: ReturnType<typeof fakeWorker>) => void]>([
    ["that replaces the one that waits", (_slots, { answer }) => answer.resolve(1)],
    ["that comes when the one that waits has left", (slots) => slots.release("second")],
  ])("%s", async (_what, act) => {
    const { slots, first, second, waiting } = await twoSessions();
    act(slots, second);
    let started = false;
    const third = slots.acquire(lease("third"), fakeWorker().worker).then((refusedBy) => {
      started = true;
      return refusedBy;
    });
    await new Promise(setImmediate);
    expect(started).toBe(false);
    first.answer.resolve(1);
    expect(await third).toBeNull();
    await waiting;
  });

  test("and none has a slot if that end fails, but the first one", async () => {
    const { slots, first, second, waiting } = await twoSessions();
    second.answer.resolve(1);
    const third = slots.acquire(lease("third"), second.worker);
    first.answer.reject(new Error("no answer"));
    await expect(third).rejects.toThrow("no answer");
    expect(await waiting).toContain("no answer");
    const other = fakeWorker().worker;
    expect(await slots.acquire(lease("a", "vm-2"), other)).toBeNull();
    expect(await slots.acquire(lease("b", "vm-3"), other)).toBe("max");
  });

  test("but at another machine it does", async () => {
    const { slots } = await twoSessions();
    expect(await slots.acquire(lease("other", "vm-2"), fakeWorker().worker)).toBeNull();
  });
});

test("a worker that has ended meanwhile has ended its session, too", async () => {
  const slots = new SharedSlots(replacing);
  const { worker, answer } = fakeWorker();
  await slots.acquire(lease("old"), worker);
  answer.reject(new ChannelClosed("the process has ended"));
  expect(await slots.acquire(lease("new"), fakeWorker().worker)).toBeNull();
});

describe("where the end of the replaced session is not certain", () => {
  test("the new one is refused and its slot is free, and the old one is still counted", async () => {
    const slots = new SharedSlots(replacing);
    const { worker, answer } = fakeWorker();
    await slots.acquire(lease("old"), worker);
    answer.reject(new Error("no answer"));
    await expect(slots.acquire(lease("new"), worker)).rejects.toThrow("no answer");
    expect(await slots.acquire(lease("a", "vm-2"), worker)).toBeNull();
    expect(await slots.acquire(lease("b", "vm-3"), worker)).toBe("max");
    slots.release("old");
    expect(await slots.acquire(lease("c", "vm-4"), worker)).toBeNull();
  });

  test.each<[string, (slots: SharedSlots, worker: WorkerProcess) => void]>([
    ["it ended by itself", (slots) => slots.release("old")],
    ["its worker is gone", (slots, worker) => slots.releaseOwner(worker)],
  ])("it is not counted again if meanwhile %s", async (_what, end) => {
    const slots = new SharedSlots(replacing);
    const { worker, answer } = fakeWorker();
    await slots.acquire(lease("old"), worker);
    const acquiring = slots.acquire(lease("new"), fakeWorker().worker);
    end(slots, worker);
    answer.reject(new Error("no answer"));
    await expect(acquiring).rejects.toThrow("no answer");
    const other = fakeWorker().worker;
    expect(await slots.acquire(lease("a", "vm-2"), other)).toBeNull();
    expect(await slots.acquire(lease("b", "vm-3"), other)).toBeNull();
  });
});

test("the slots of one worker are freed, those of the others are not", async () => {
  const slots = new SharedSlots({ ...replacing, max_per_instance: null });
  const [one, other] = [fakeWorker().worker, fakeWorker().worker];
  await slots.acquire(lease("a"), one);
  await slots.acquire(lease("b"), other);
  slots.releaseOwner(one);
  expect(await slots.acquire(lease("c"), one)).toBeNull();
  expect(await slots.acquire(lease("d"), one)).toBe("max");
});

describe("with on_limit: ask", () => {
  const asking = { ...replacing, on_limit: "ask" } as const;

  /** A worker that answers questions to its users as the test says, and ends sessions at once. */
  function askedWorker(answer: () => Promise<string>): { worker: WorkerProcess; told: unknown[] } {
    const told: unknown[] = [];
    const ask = async ({ type }: { type: string }): Promise<unknown> => (type === "ask_takeover" ? await answer() : 1);
    const tell = (request: unknown): void => void told.push(request);
    return { worker: workerAt({ ask, tell }), told };
  }

  async function outcome(answer: () => Promise<string>): Promise<unknown> {
    const slots = new SharedSlots(asking);
    const { worker } = askedWorker(answer);
    expect(await slots.acquire(lease("present"), worker)).toBeNull();
    expect(await slots.acquire(lease("next"), worker)).toBe("ask");
    return await slots.acquireByAsking(lease("next"), worker);
  }

  const limit = "max_per_instance";
  test.each<[string, () => Promise<string>, unknown]>([
    ["allows it", async () => "allowed", null],
    ["declines", async () => "denied", { limit, answer: "denied" }],
    ["does not answer", async () => "unanswered", { limit, answer: "unanswered" }],
    ["is in a worker that hangs", () => Promise.reject(new Error("no answer")), { limit, answer: "unanswered" }],
    ["was in a worker that has ended", () => Promise.reject(new ChannelClosed("ended")), null],
  ])("a session whose user %s", async (_what, answer, expected) => {
    expect(await outcome(answer)).toEqual(expected);
  });

  test.each<[string, (slots: SharedSlots, owner: WorkerProcess) => void]>([
    ["leaves", (slots) => slots.release("next")],
    ["ends with its worker", (slots, owner) => slots.releaseOwner(owner)],
  ])("a session that %s while it waits takes no slot, and the question is withdrawn", async (_what, leave) => {
    const slots = new SharedSlots(asking);
    const answer = Promise.withResolvers<string>();
    const { worker, told } = askedWorker(async () => await answer.promise);
    const { worker: owner } = askedWorker(async () => "denied");
    await slots.acquire(lease("present"), worker);
    const waiting = slots.acquireByAsking(lease("next"), owner);
    await new Promise(setImmediate);
    leave(slots, owner);
    expect(told).toEqual([{ type: "withdraw_takeover", session: "session present", by: "session next" }]);
    answer.resolve("allowed");
    expect(await waiting).toEqual({ limit, answer: "unanswered" });
    // The one that was asked still has its slot.
    expect(await slots.acquire(lease("other"), owner)).toBe("ask");
  });
});
