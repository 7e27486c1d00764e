import { describe, expect, test } from "vitest";
import type { SlotRequest } from "./slots.ts";
import { type LimitOptions, Slots } from "./slots.ts";

const none: LimitOptions = { max: null, max_per_client: null, max_per_instance: null, on_limit_per_instance: "refuse" };
const slot = (session: string, client = "192.0.2.1", instance: string | undefined = "vm-1"): SlotRequest => ({
  session,
  client,
  instance,
});

describe("a limit", () => {
  test("of all sessions refuses one more, until one releases its slot", () => {
    const slots = new Slots({ ...none, max: 2 });
    expect([slots.acquire(slot("a")), slots.acquire(slot("b", "192.0.2.2", "vm-2"))]).toEqual([{}, {}]);
    expect(slots.acquire(slot("c", "192.0.2.3", "vm-3"))).toEqual({ refusedBy: "max" });
    slots.release("c");
    expect(slots.acquire(slot("c"))).toEqual({ refusedBy: "max" });
    slots.release("a");
    slots.release("a");
    expect([slots.acquire(slot("c")), slots.acquire(slot("d"))]).toEqual([{}, { refusedBy: "max" }]);
  });

  test("of one client leaves the others alone", () => {
    const slots = new Slots({ ...none, max_per_client: 1 });
    expect(slots.acquire(slot("a"))).toEqual({});
    expect(slots.acquire(slot("b"))).toEqual({ refusedBy: "max_per_client" });
    expect(slots.acquire(slot("c", "192.0.2.2"))).toEqual({});
  });

  test("of one machine leaves the others alone, and sessions without a machine", () => {
    const slots = new Slots({ ...none, max_per_instance: 1 });
    expect(slots.acquire(slot("a"))).toEqual({});
    expect(slots.acquire(slot("b"))).toEqual({ refusedBy: "max_per_instance" });
    expect(slots.acquire(slot("c", "192.0.2.1", "vm-2"))).toEqual({});
    const nameless = (session: string): SlotRequest => ({ session, client: "192.0.2.1", instance: undefined });
    expect([slots.acquire(nameless("d")), slots.acquire(nameless("e"))]).toEqual([{}, {}]);
  });
});

describe("replacing", () => {
  const replace = { ...none, max_per_instance: 2, on_limit_per_instance: "replace" } as const;

  test("takes the slot of the machine's oldest session", () => {
    const slots = new Slots(replace);
    slots.acquire(slot("a"));
    slots.acquire(slot("other", "192.0.2.1", "vm-2"));
    slots.acquire(slot("b"));
    expect(slots.acquire(slot("c"))).toEqual({ replaces: "a" });
    expect(slots.acquire(slot("d"))).toEqual({ replaces: "b" });
    expect(slots.size).toBe(3);
  });

  test("needs no slot on top of the one that becomes free", () => {
    const slots = new Slots({ ...replace, max: 2, max_per_client: 2 });
    slots.acquire(slot("a"));
    slots.acquire(slot("b"));
    expect(slots.acquire(slot("c"))).toEqual({ replaces: "a" });
  });

  test("replaces no session when another limit refuses the new one", () => {
    const slots = new Slots({ ...replace, max_per_client: 1 });
    slots.acquire(slot("a", "192.0.2.1"));
    slots.acquire(slot("b", "192.0.2.2"));
    expect(slots.acquire(slot("c", "192.0.2.2"))).toEqual({ refusedBy: "max_per_client" });
    expect(slots.acquire(slot("d", "192.0.2.3"))).toEqual({ replaces: "a" });
  });
});
