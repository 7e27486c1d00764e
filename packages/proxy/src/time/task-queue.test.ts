import { afterEach, expect, test, vi } from "vitest";
import { createTaskQueue } from "./task-queue.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a task that throws keeps no other from being run, now or later, and its error is not caught", async () => {
  const outside = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
  const queue = createTaskQueue();
  const ran: string[] = [];
  queue(() => ran.push("first"));
  queue(() => {
    throw new Error("a fault");
  });
  queue(() => ran.push("third"));
  await new Promise(setImmediate);
  queue(() => ran.push("later"));
  await new Promise(setImmediate);
  expect(ran).toEqual(["first", "third", "later"]);
  expect(outside).toHaveBeenCalledOnce();
  expect(outside.mock.calls[0]?.[0]).toThrow("a fault");
});
