import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HOLD_MS, StartHold } from "./start-hold.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => vi.useRealTimers());

test("tokens from before the start are held until each peer was heard, or for ten seconds", () => {
  const peers = [
    { name: "two", lastContact: -Infinity },
    { name: "three", lastContact: -Infinity },
  ];
  const before = { createdAt: Date.now() - 1 };
  const hold = new StartHold({ links: () => peers });
  const after = { createdAt: Date.now() };
  expect(() => hold.check(before)).toThrow("gateway two was not heard since this one has started");
  expect(() => hold.check(after)).not.toThrow();
  peers.shift();
  expect(() => hold.check(before)).toThrow("gateway three");
  expect(hold.isOver).toBe(false);
  vi.advanceTimersByTime(HOLD_MS - 1);
  expect(hold.isOver).toBe(false);
  vi.advanceTimersByTime(1);
  expect(hold.isOver).toBe(true);
  expect(() => hold.check(before)).not.toThrow();
  const [three] = peers;
  const again = new StartHold({ links: () => peers });
  expect(again.isOver).toBe(false);
  if (three !== undefined) three.lastContact = 0;
  expect(again.isOver).toBe(true);
});
