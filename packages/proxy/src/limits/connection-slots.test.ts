import { describe, expect, test } from "vitest";
import { type ConnectionLimitOptions, type ConnectionSlot, ConnectionSlots } from "./connection-slots.ts";

const many: ConnectionLimitOptions = {
  max: 100,
  max_per_client: 100,
  max_unauthenticated: 100,
  max_unauthenticated_per_client: 100,
  unauthenticated_timeout: 20,
};

/** Connections that are known by their names, at a time that the test sets. */
class Listener {
  now = 0;
  readonly cut: string[] = [];
  readonly refusals: string[] = [];
  readonly slots: ConnectionSlots;

  constructor(limits: Partial<ConnectionLimitOptions>) {
    this.slots = new ConnectionSlots(
      { ...many, ...limits },
      { now: () => this.now, refused: ({ reason }) => void this.refusals.push(reason) },
    );
  }

  connect(name: string, address = "192.0.2.1"): ConnectionSlot | undefined {
    return this.slots.admit(address, { destroy: () => void this.cut.push(name) });
  }

  open(name: string, address?: string): ConnectionSlot | undefined {
    const slot = this.connect(name, address);
    if (slot !== undefined) this.slots.authenticate(slot);
    return slot;
  }
}

describe("at a limit", () => {
  test("the oldest connection without a session gives way, of the same client where the limit is its own", () => {
    const listener = new Listener({ max_unauthenticated: 4, max_unauthenticated_per_client: 2 });
    listener.connect("a", "192.0.2.1");
    for (const name of ["b", "c", "d"]) listener.connect(name, "2001:db8::1");
    expect(listener.cut).toEqual(["b"]);
    listener.connect("e", "2001:db8:0:0:ffff::2");
    expect(listener.cut).toEqual(["b", "c"]);
    listener.connect("f", "2001:db8:0:1::1");
    listener.connect("g", "192.0.2.3");
    expect(listener.cut).toEqual(["b", "c", "a"]);
    expect(listener.refusals.map((reason) => reason.replace("connections.max_", ""))).toEqual([
      "unauthenticated_per_client",
      "unauthenticated_per_client",
      "unauthenticated",
    ]);
  });

  test("no session gives way, and the new connection is cut", () => {
    const listener = new Listener({ max: 2, max_per_client: 1 });
    const session = listener.open("a", "2001:db8::1");
    listener.connect("b", "2001:db8::2");
    expect(listener.cut).toEqual(["b"]);
    listener.open("c", "192.0.2.1");
    listener.connect("d", "192.0.2.2");
    expect(listener.cut).toEqual(["b", "d"]);
    expect(listener.refusals).toEqual(["connections.max_per_client", "connections.max"]);
    if (session !== undefined) listener.slots.release(session);
    listener.connect("e", "192.0.2.2");
    expect([listener.slots.open, listener.slots.unauthenticated, listener.cut.length]).toEqual([2, 1, 2]);
  });
});

test("time begins anew with each answer, and no longer counts for a session", () => {
  const listener = new Listener({});
  const [, answered] = ["silent", "answered"].map((name) => listener.connect(name));
  listener.open("session");
  listener.now = 15_000;
  if (answered !== undefined) listener.slots.answered(answered);
  listener.now = 21_000;
  listener.slots.closeOverdue();
  expect(listener.cut).toEqual(["silent"]);
  listener.now = 35_001;
  listener.slots.closeOverdue();
  expect(listener.cut).toEqual(["silent", "answered"]);
  expect([listener.slots.open, listener.slots.unauthenticated]).toEqual([1, 0]);
});

describe("a connection of a trusted proxy", () => {
  const PROXY = "10.0.0.5";

  test("counts for no client until it serves one, and then for that one", () => {
    const listener = new Listener({ max_per_client: 2, max_unauthenticated_per_client: 2 });
    const slots = ["a", "b", "c", "d"].map((name) =>
      listener.slots.admitProxy(PROXY, { destroy: () => void listener.cut.push(name) }),
    );
    const [a, b, c, d] = slots as [ConnectionSlot, ConnectionSlot, ConnectionSlot, ConnectionSlot];
    expect(listener.slots.open).toBe(4);
    for (const slot of [a, b, c]) expect(listener.slots.assign(slot, "192.0.2.1")).toBe(true);
    expect(listener.cut).toEqual(["a"]);
    expect(listener.slots.assign(d, "192.0.2.2")).toBe(true);
    expect([listener.slots.open, listener.slots.unauthenticated]).toEqual([3, 3]);
    expect([b.address, c.address, d.address]).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.2"]);
  });

  test("is refused to a client with too many sessions, and goes on for others", () => {
    const listener = new Listener({ max_per_client: 1 });
    listener.open("session", "192.0.2.1");
    const slot = listener.slots.admitProxy(PROXY, { destroy: () => void listener.cut.push("proxy") });
    if (slot === undefined) throw new Error("there is room");
    expect(listener.slots.assign(slot, "192.0.2.1")).toBe(false);
    expect(listener.refusals).toEqual(["connections.max_per_client"]);
    expect(listener.slots.assign(slot, "192.0.2.2")).toBe(true);
    listener.slots.unassign(slot, PROXY);
    expect(slot.address).toBe(PROXY);
    expect(listener.slots.assign(slot, "192.0.2.3")).toBe(true);
    listener.slots.release(slot);
    expect([listener.slots.open, listener.slots.unauthenticated, listener.cut.length]).toEqual([1, 0, 0]);
    expect(listener.connect("next", "192.0.2.3")).toBeDefined();
  });

  test("that serves one client after the other takes no slot of those before", () => {
    const listener = new Listener({ max_per_client: 1, max_unauthenticated_per_client: 1 });
    const slot = listener.slots.admitProxy(PROXY, { destroy: () => void listener.cut.push("proxy") });
    if (slot === undefined) throw new Error("there is room");
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.1"]) {
      expect(listener.slots.assign(slot, address)).toBe(true);
      listener.slots.answered(slot);
      listener.slots.unassign(slot, PROXY);
    }
    listener.connect("a", "192.0.2.1");
    listener.connect("b", "192.0.2.2");
    expect([listener.cut, listener.slots.open]).toEqual([[], 3]);
  });

  test("has a place among all connections", () => {
    const listener = new Listener({ max: 1 });
    listener.open("session");
    expect(listener.slots.admitProxy(PROXY, { destroy: () => void listener.cut.push("proxy") })).toBeUndefined();
    expect([listener.cut, listener.refusals]).toEqual([["proxy"], ["connections.max"]]);
  });
});
