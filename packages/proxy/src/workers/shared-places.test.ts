import { expect, test } from "vitest";
import type { Place } from "../sessions/limits.ts";
import { ChannelClosed } from "./channel.ts";
import { SharedPlaces } from "./shared-places.ts";
import type { WorkerProcess } from "./worker-process.ts";

const place = (session: string, instance = "vm-1"): Place => ({ session, client: "192.0.2.1", instance });
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
  const places = new SharedPlaces(replacing);
  const { worker, asked, answer } = fakeWorker();
  expect(await places.take(place("old"), worker)).toBeNull();
  let taken = false;
  const taking = places.take(place("new"), worker).then((refusedBy) => {
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
  const places = new SharedPlaces(replacing);
  const { worker, answer } = fakeWorker();
  await places.take(place("old"), worker);
  answer.reject(new ChannelClosed("the process has ended"));
  expect(await places.take(place("new"), fakeWorker().worker)).toBeNull();
});

test("where the other session's end is not certain, the new one is refused and its place is free", async () => {
  const places = new SharedPlaces(replacing);
  const { worker, answer } = fakeWorker();
  await places.take(place("old"), worker);
  answer.reject(new Error("no answer"));
  await expect(places.take(place("new"), worker)).rejects.toThrow("no answer");
  expect(await places.take(place("a", "vm-2"), worker)).toBeNull();
  expect(await places.take(place("b", "vm-3"), worker)).toBeNull();
  expect(await places.take(place("c", "vm-4"), worker)).toBe("max");
});

test("the places of one worker are freed, those of the others are not", async () => {
  const places = new SharedPlaces({ ...replacing, max_per_instance: null });
  const [one, other] = [fakeWorker().worker, fakeWorker().worker];
  await places.take(place("a"), one);
  await places.take(place("b"), other);
  places.giveBackAll(one);
  expect(await places.take(place("c"), one)).toBeNull();
  expect(await places.take(place("d"), one)).toBe("max");
});
