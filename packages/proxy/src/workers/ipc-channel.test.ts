import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { EndError } from "../end-reason.ts";
import { ANSWER_MS, ChannelClosed, IpcChannel } from "./ipc-channel.ts";

interface Question {
  readonly type: "question";
}

interface Answers extends Record<string, unknown> {
  readonly question: string;
}

/** Two ends, between which messages become JSON, as between processes. */
function connect(): readonly [Worker, Worker] {
  const ends = [new EventEmitter(), new EventEmitter()] as const;
  for (const [index, end] of ends.entries()) {
    Object.assign(end, {
      isConnected: () => true,
      send: (message: unknown) => ends[1 - index]?.emit("message", JSON.parse(JSON.stringify(message))),
    });
  }
  return ends as unknown as readonly [Worker, Worker];
}

afterEach(() => void vi.useRealTimers());

test.each([
  [new EndError("server_busy", "not now", { cause: "secret" }), { name: "EndError", reason: "server_busy" }],
  [new Error("not now"), { name: "Error" }],
])("the other side's %s is told as what it is, without its cause", async (failure, expected) => {
  const [near, far] = connect();
  const asking = new IpcChannel<Question, Answers, Question, Answers>(near);
  new IpcChannel<Question, Answers, Question, Answers>(far).handle({
    question: () => {
      throw failure;
    },
  });
  const error: unknown = await asking.ask({ type: "question" }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ ...expected, message: "not now" });
  expect(error).not.toHaveProperty("cause");
});

test("an answer that does not come in time is waited for once more if the other process may hang", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const pass = async (ms: number): Promise<void> => {
    vi.advanceTimersByTime(ms);
    await new Promise(setImmediate);
  };
  const [near] = connect();
  let mayHang = false;
  const asking = new IpcChannel<Question, Answers, Question, Answers>(near, () => mayHang);
  const failures: Error[] = [];
  const ask = (): void => void asking.ask({ type: "question" }).catch((error: Error) => failures.push(error));
  ask();
  await pass(ANSWER_MS);
  expect(failures).toMatchObject([{ message: 'no answer to "question" within 5000 ms' }]);
  mayHang = true;
  ask();
  await pass(ANSWER_MS);
  await pass(ANSWER_MS - 1);
  expect(failures).toHaveLength(1);
  await pass(1);
  expect(failures).toHaveLength(2);
  // It was ended because it hung.
  ask();
  await pass(ANSWER_MS);
  near.emit("disconnect");
  await pass(0);
  expect(failures[2]).toBeInstanceOf(ChannelClosed);
  expect(vi.getTimerCount()).toBe(0);
});
