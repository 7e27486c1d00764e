import { expect, test } from "vitest";
import type { SlotRequest } from "../limits/slots.ts";
import { ChannelClosed } from "./channel.ts";
import { SharedSlots } from "./shared-slots.ts";
import type { WorkerProcess } from "./worker-process.ts";

const place = (session: string, instance = "vm-1"): SlotRequest => ({ session, client: "192.0.2.1", instance });
const replacing = { max: 2, max_per_client: null, max_per_instance: 1, on_limit_per_instance: "replace" } as const;

/** A worker whose answer to `end` the test gives. */
function fakeWorker(): { worker: WorkerProcess; asked: unknown[]; answer: PromiseWithResolvers<number> } {
  const asked: unknown[] = [];
  const answer = Promise.withResolvers<number>();
  const ask = async (request: unknown): Promise<number> => {
    asked.push(request);
    return await answer.promise;
  };
  return { worker: { channel: { ask } } as unknown as WorkerProcess, asked, answer };
}

test("a session that replaces another has its place only when the other has ended", async () => {
  const slots = new SharedSlots(replacing);
  const { worker, asked, answer } = fakeWorker();
  expect(await slots.acquire(place("old"), worker)).toBeNull();
  let taken = false;
  const taking = slots.acquire(place("new"), worker).then((refusedBy) => {
    taken = true;
    return refusedBy;
  });
  await new Promise(setImmediate);
  expect(asked).toEqual([
    {
      type: "end",
      selection: { by: "id", id: "old" },
      reason: "session_replaced",
      detail: "another session took the console over",
    },
  ]);
  expect(taken).toBe(false);
  answer.resolve(1);
  expect(await taking).toBeNull();
});

test("a worker that has ended meanwhile has ended its session, too", async () => {
  const slots = new SharedSlots(replacing);
  const { worker, answer } = fakeWorker();
  await slots.acquire(place("old"), worker);
  answer.reject(new ChannelClosed("the process has ended"));
  expect(await slots.acquire(place("new"), fakeWorker().worker)).toBeNull();
});

test("where the other session's end is not certain, the new one is refused and its place is free", async () => {
  const slots = new SharedSlots(replacing);
  const { worker, answer } = fakeWorker();
  await slots.acquire(place("old"), worker);
  answer.reject(new Error("no answer"));
  await expect(slots.acquire(place("new"), worker)).rejects.toThrow("no answer");
  expect(await slots.acquire(place("a", "vm-2"), worker)).toBeNull();
  expect(await slots.acquire(place("b", "vm-3"), worker)).toBeNull();
  expect(await slots.acquire(place("c", "vm-4"), worker)).toBe("max");
});

test("the slots of one worker are freed, those of the others are not", async () => {
  const slots = new SharedSlots({ ...replacing, max_per_instance: null });
  const [one, other] = [fakeWorker().worker, fakeWorker().worker];
  await slots.acquire(place("a"), one);
  await slots.acquire(place("b"), other);
  slots.releaseAll(one);
  expect(await slots.acquire(place("c"), one)).toBeNull();
  expect(await slots.acquire(place("d"), one)).toBe("max");
});
