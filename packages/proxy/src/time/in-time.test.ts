import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { inTime } from "./in-time.ts";

test("an answer that has arrived in time counts, also where a busy event loop reads it later", async () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  // Timers are called next.
  await setImmediate();
  let given: AbortSignal | undefined;
  const answer = inTime(async (signal) => {
    given = signal;
    return await once(port2, "message");
  }, 20);
  port1.postMessage("the answer");
  blockFor(60);
  expect(await answer).toEqual(["the answer"]);
  await setImmediate();
  expect(given?.aborted).toBe(false);
});

test("without an answer in time, the work is told to stop", async () => {
  let given: AbortSignal | undefined;
  const answer = inTime(async (signal) => {
    given = signal;
    return await new Promise(() => {});
  }, 20);
  await expect(answer).rejects.toThrow("no answer within 20 ms");
  expect(given?.aborted).toBe(true);
});

function blockFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
