import { describe, expect, test, vi } from "vitest";
import { FlowControlledQueue, type PausableSource } from "./flow-controlled-queue.ts";

const MARKS = { high: 100, low: 40 };

function source(canPause = true): PausableSource & { readonly calls: string[] } {
  const calls: string[] = [];
  const pause = vi.fn<() => boolean>(() => {
    calls.push("pause");
    return canPause;
  });
  return { calls, pause, resume: () => void calls.push("resume") };
}

const bytes = (length: number): Uint8Array => new Uint8Array(length);

describe("a flow-controlled queue", () => {
  test("pauses the source once above the high-water mark, and resumes it at the low-water mark", () => {
    const { calls, ...from } = source();
    const queue = new FlowControlledQueue<Uint8Array>(from, MARKS);
    for (const length of [60, 40]) queue.push(bytes(length));
    queue.adjustFlow();
    expect(calls).toEqual([]);
    queue.push(bytes(1));
    queue.adjustFlow();
    queue.adjustFlow();
    expect(calls).toEqual(["pause"]);
    queue.take();
    queue.finish(60);
    queue.adjustFlow();
    expect(calls).toEqual(["pause"]);
    queue.drop();
    queue.adjustFlow();
    queue.adjustFlow();
    expect(calls).toEqual(["pause", "resume"]);
  });

  test("counts what the consumer has taken until it has finished", () => {
    const { calls, ...from } = source();
    const queue = new FlowControlledQueue<Uint8Array>(from, MARKS);
    queue.push(bytes(101));
    expect(queue.take()).toHaveLength(101);
    expect([queue.queuedBytes, queue.takenBytes]).toEqual([0, 101]);
    queue.adjustFlow();
    expect(calls).toEqual(["pause"]);
    queue.finish(61);
    queue.adjustFlow();
    expect(calls).toEqual(["pause", "resume"]);
  });

  test("asks a source that cannot pause again, and never to resume", () => {
    const { calls, ...from } = source(false);
    const queue = new FlowControlledQueue<Uint8Array>(from, MARKS);
    queue.push(bytes(101));
    queue.adjustFlow();
    queue.adjustFlow();
    queue.clear();
    queue.adjustFlow();
    expect(calls).toEqual(["pause", "pause"]);
    expect(queue.queuedBytes).toBe(0);
    expect(queue.take()).toBeUndefined();
  });
});
