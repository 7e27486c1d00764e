import { describe, expect, test } from "vitest";
import { createLease } from "./lease.ts";
import { type LimitOptions, type SlotLease, Slots } from "./slots.ts";

const none: LimitOptions = {
  max: null,
  max_per_client: null,
  max_per_token: null,
  max_per_instance: null,
  max_per_user: null,
  on_limit: "refuse",
};
const lease = (id: string, client = "192.0.2.1", instance: string | undefined = "vm-1"): SlotLease => ({
  id,
  session: `session ${id}`,
  client,
  token: `token ${id}`,
  instance,
  user: undefined,
});

/** Slots whose leases all have one owner. */
class OneOwner extends Slots<string> {
  take(of: SlotLease): unknown {
    const { refusedBy, replaces } = this.acquire(of, "owner");
    return (
      refusedBy ?? (replaces.length === 0 ? "acquired" : { replaces: replaces.map((each) => each.lease.id).join() })
    );
  }
}

describe("a limit", () => {
  test("on all sessions refuses one more until a slot is released", () => {
    const slots = new OneOwner({ ...none, max: 2 });
    expect([slots.take(lease("a")), slots.take(lease("b", "192.0.2.2", "vm-2"))]).toEqual(["acquired", "acquired"]);
    expect(slots.take(lease("c", "192.0.2.3", "vm-3"))).toBe("max");
    slots.release("c");
    expect(slots.take(lease("c"))).toBe("max");
    slots.release("a");
    slots.release("a");
    expect([slots.take(lease("c")), slots.take(lease("d"))]).toEqual(["acquired", "max"]);
  });

  test("per client does not affect other clients", () => {
    const slots = new OneOwner({ ...none, max_per_client: 1 });
    expect(slots.take(lease("a"))).toBe("acquired");
    expect(slots.take(lease("b"))).toBe("max_per_client");
    expect(slots.take(lease("c", "192.0.2.2"))).toBe("acquired");
  });

  test("per client counts an IPv6 /64 as one client", () => {
    const slots = new OneOwner({ ...none, max_per_client: 2 });
    expect([slots.take(lease("a", "2001:db8::1")), slots.take(lease("b", "2001:db8::ffff:2"))]).toEqual([
      "acquired",
      "acquired",
    ]);
    expect(slots.take(lease("c", "2001:db8:0:0:3::"))).toBe("max_per_client");
    expect(slots.take(lease("d", "2001:db8:0:1::1"))).toBe("acquired");
    slots.release("a");
    expect(slots.take(lease("e", "2001:db8::5"))).toBe("acquired");
  });

  test("per token does not affect other tokens", () => {
    const slots = new OneOwner({ ...none, max_per_token: 2 });
    const of = (id: string, token: string): SlotLease => ({ ...lease(id), token });
    expect([slots.take(of("a", "t")), slots.take(of("b", "t")), slots.take(of("c", "t"))]).toEqual([
      "acquired",
      "acquired",
      "max_per_token",
    ]);
    expect(slots.take(of("d", "u"))).toBe("acquired");
    slots.release("b");
    slots.release("b");
    expect([slots.take(of("e", "t")), slots.take(of("f", "t"))]).toEqual(["acquired", "max_per_token"]);
  });

  test("per machine affects neither other machines nor sessions without one", () => {
    const slots = new OneOwner({ ...none, max_per_instance: 1 });
    expect(slots.take(lease("a"))).toBe("acquired");
    expect(slots.take(lease("b"))).toBe("max_per_instance");
    expect(slots.take(lease("c", "192.0.2.1", "vm-2"))).toBe("acquired");
    const nameless = (id: string): SlotLease => ({ ...lease(id), instance: undefined });
    expect([slots.take(nameless("d")), slots.take(nameless("e"))]).toEqual(["acquired", "acquired"]);
  });
});

describe("replacing", () => {
  const replace = { ...none, max_per_instance: 2, on_limit: "replace" } as const;

  test("takes the slot of the machine's oldest session", () => {
    const slots = new OneOwner(replace);
    slots.take(lease("a"));
    slots.take(lease("other", "192.0.2.1", "vm-2"));
    slots.take(lease("b"));
    expect(slots.take(lease("c"))).toEqual({ replaces: "a" });
    expect(slots.take(lease("d"))).toEqual({ replaces: "b" });
    expect(slots.size).toBe(3);
  });

  test("needs no slot besides the one that becomes free", () => {
    const slots = new OneOwner({ ...replace, max: 2, max_per_client: 2 });
    slots.take(lease("a"));
    slots.take(lease("b"));
    expect(slots.take(lease("c"))).toEqual({ replaces: "a" });
  });

  test("ends no session when another limit refuses the new one", () => {
    const slots = new OneOwner({ ...replace, max_per_client: 1 });
    slots.take(lease("a", "192.0.2.1"));
    slots.take(lease("b", "192.0.2.2"));
    expect(slots.take(lease("c", "192.0.2.2"))).toBe("max_per_client");
    expect(slots.take(lease("d", "192.0.2.3"))).toEqual({ replaces: "a" });
  });
});

describe("asking", () => {
  const ask = { ...none, max_per_instance: 2, on_limit: "ask" } as const;
  const names = (of: readonly { readonly lease: SlotLease }[] = []): string => of.map((each) => each.lease.id).join();

  test("names the machine's oldest session, and takes its slot only with consent", () => {
    const slots = new Slots<number>(ask);
    for (const id of ["a", "b"]) slots.acquire(lease(id), 1);
    const { asks, replaces } = slots.acquire(lease("c"), 1);
    expect([names(replaces), asks?.limit, names(asks?.of), slots.size]).toEqual(["", "max_per_instance", "a", 2]);
    expect(slots.acquire(lease("c"), 1, [])).toEqual({ refusedBy: "max_per_instance", replaces: [] });
    expect(names(slots.acquire(lease("c"), 1, asks?.of).replaces)).toBe("a");
    expect(slots.size).toBe(2);
  });

  test("replaces no session whose user was not asked, nor one where a slot is free by now", () => {
    const slots = new Slots<number>(ask);
    for (const id of ["a", "b"]) slots.acquire(lease(id), 1);
    const { asks } = slots.acquire(lease("c"), 1);
    slots.release("a");
    slots.acquire(lease("d"), 1);
    expect(slots.acquire(lease("c"), 1, asks?.of)).toEqual({ refusedBy: "max_per_instance", replaces: [] });
    slots.release("d");
    expect(slots.acquire(lease("c"), 1, asks?.of)).toEqual({ replaces: [] });
  });

  test("is not needed for a session that another limit refuses", () => {
    const slots = new Slots<number>({ ...ask, max_per_client: 1 });
    slots.acquire(lease("a", "192.0.2.1"), 1);
    slots.acquire(lease("b", "192.0.2.2"), 1);
    expect(slots.acquire(lease("c", "192.0.2.2"), 1)).toEqual({ refusedBy: "max_per_client", replaces: [] });
  });
});

describe("a lease", () => {
  test("says whose it is when it is replaced", () => {
    const slots = new Slots<number>({ ...none, max_per_instance: 1, on_limit: "replace" });
    slots.acquire(lease("a"), 1);
    expect(slots.acquire(lease("b"), 2)).toEqual({ replaces: [{ lease: lease("a"), owner: 1 }] });
  });

  test("expires with its owner, and no other does", () => {
    const slots = new Slots<number>({ ...none, max: 3 });
    for (const [id, owner] of [
      ["a", 1],
      ["b", 2],
      ["c", 1],
    ] as const)
      slots.acquire(lease(id), owner);
    slots.releaseOwner(1);
    expect(slots.size).toBe(1);
    expect([slots.acquire(lease("d"), 2), slots.acquire(lease("e"), 2), slots.acquire(lease("f"), 2)]).toEqual([
      { replaces: [] },
      { replaces: [] },
      { refusedBy: "max", replaces: [] },
    ]);
  });

  test("that is announced again counts once, even above a limit", () => {
    const slots = new OneOwner({ ...none, max: 1 });
    slots.take(lease("a"));
    slots.announce(lease("a"), "owner");
    slots.announce(lease("b"), "owner");
    expect(slots.size).toBe(2);
    slots.release("a");
    expect(slots.take(lease("c"))).toBe("max");
    slots.release("b");
    expect(slots.take(lease("c"))).toBe("acquired");
  });

  test("is released exactly once", () => {
    let freed = 0;
    const held = createLease("a", () => (freed += 1));
    held.release();
    held.release();
    expect(freed).toBe(1);
  });
});

describe("a limit per user", () => {
  const of = (id: string, user: string | undefined, instance?: string): SlotLease => ({
    ...lease(id, id, instance),
    user,
  });

  test("does not affect other users, nor sessions of none", () => {
    const slots = new OneOwner({ ...none, max_per_user: 1 });
    expect(
      [of("a", "alice"), of("b", "bob"), of("c", undefined), of("d", undefined)].map((each) => slots.take(each)),
    ).toEqual(Array(4).fill("acquired"));
    expect(slots.take(of("e", "alice"))).toBe("max_per_user");
    slots.release("a");
    expect(slots.take(of("e", "alice"))).toBe("acquired");
  });

  test("can replace the user's oldest session, and that of the machine as well", () => {
    const slots = new OneOwner({ ...none, max_per_user: 1, max_per_instance: 1, on_limit: "replace", max: 2 });
    expect([slots.take(of("a", "alice", "vm-1")), slots.take(of("b", "bob", "vm-2"))]).toEqual([
      "acquired",
      "acquired",
    ]);
    expect(slots.take(of("c", "alice", "vm-2"))).toEqual({ replaces: "b,a" });
    expect(slots.take(of("d", "alice", "vm-2"))).toEqual({ replaces: "c" });
    expect(slots.size).toBe(1);
  });
});

describe("a token that limits its own sessions", () => {
  const of = (id: string, maxSessions: number): SlotLease => ({ ...lease(id), token: "t", maxSessions });

  test("is refused at its own limit or at the one of all tokens, whichever comes first", () => {
    const slots = new OneOwner({ ...none, max_per_token: 3 });
    expect([of("a", 2), of("b", 2), of("c", 2)].map((each) => slots.take(each))).toEqual([
      "acquired",
      "acquired",
      "max_per_token",
    ]);
    expect([of("d", 9), of("e", 9)].map((each) => slots.take(each))).toEqual(["acquired", "max_per_token"]);
    expect(new OneOwner(none).take(of("a", 1))).toBe("acquired");
  });
});
