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
