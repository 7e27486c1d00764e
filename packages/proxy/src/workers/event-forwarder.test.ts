import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OutcomeEvent } from "../telemetry/events.ts";
import { type EventBatch, EventForwarder } from "./event-forwarder.ts";
import { ChannelClosed } from "./ipc-channel.ts";

const refused: OutcomeEvent = { type: "admin_refused", clientAddress: "192.0.2.1", status: 401 };

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

test("a primary that does not respond is sent nothing, and then what there is room for", async () => {
  const sent: EventBatch[] = [];
  const responds = vi.fn<() => Promise<unknown>>(async () => await Promise.reject(new Error("no answer")));
  const forwarder = new EventForwarder(true, { responds, send: (batch) => sent.push(batch) });
  for (let number = 0; number < 1500; number += 1) forwarder.notify(refused);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(responds.mock.calls.length).toBeGreaterThan(2);
  expect(sent).toEqual([]);
  responds.mockResolvedValue(null);
  await vi.advanceTimersByTimeAsync(50);
  expect(sent.map(({ events, lost }) => [events.length, lost])).toEqual([[1000, 500]]);
  forwarder.notify(refused);
  await vi.advanceTimersByTimeAsync(50);
  expect(sent.map(({ events, lost }) => [events.length, lost])).toEqual([
    [1000, 500],
    [1, 0],
  ]);
});

test("one that has ended is not asked again", async () => {
  const responds = vi.fn<() => Promise<unknown>>(async () => await Promise.reject(new ChannelClosed("it has ended")));
  const forwarder = new EventForwarder(true, { responds, send: () => {} });
  forwarder.notify(refused);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(responds).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});
