import { describe, expect, test } from "vitest";
import type { Place } from "./limits.ts";
import { type LimitOptions, Places } from "./places.ts";

const none: LimitOptions = { max: null, max_per_client: null, max_per_instance: null, on_limit_per_instance: "refuse" };
const place = (session: string, client = "192.0.2.1", instance: string | undefined = "vm-1"): Place => ({
  session,
  client,
  instance,
});

describe("a limit", () => {
  test("of all sessions refuses one more, until one gives its place back", () => {
    const places = new Places({ ...none, max: 2 });
    expect([places.take(place("a")), places.take(place("b", "192.0.2.2", "vm-2"))]).toEqual([{}, {}]);
    expect(places.take(place("c", "192.0.2.3", "vm-3"))).toEqual({ refusedBy: "max" });
    places.giveBack("c");
    expect(places.take(place("c"))).toEqual({ refusedBy: "max" });
    places.giveBack("a");
    places.giveBack("a");
    expect([places.take(place("c")), places.take(place("d"))]).toEqual([{}, { refusedBy: "max" }]);
  });

  test("of one client leaves the others alone", () => {
    const places = new Places({ ...none, max_per_client: 1 });
    expect(places.take(place("a"))).toEqual({});
    expect(places.take(place("b"))).toEqual({ refusedBy: "max_per_client" });
    expect(places.take(place("c", "192.0.2.2"))).toEqual({});
  });

  test("of one machine leaves the others alone, and sessions without a machine", () => {
    const places = new Places({ ...none, max_per_instance: 1 });
    expect(places.take(place("a"))).toEqual({});
    expect(places.take(place("b"))).toEqual({ refusedBy: "max_per_instance" });
    expect(places.take(place("c", "192.0.2.1", "vm-2"))).toEqual({});
    const nameless = (session: string): Place => ({ session, client: "192.0.2.1", instance: undefined });
    expect([places.take(nameless("d")), places.take(nameless("e"))]).toEqual([{}, {}]);
  });
});

describe("replacing", () => {
  const replace = { ...none, max_per_instance: 2, on_limit_per_instance: "replace" } as const;

  test("takes the place of the machine's oldest session", () => {
    const places = new Places(replace);
    places.take(place("a"));
    places.take(place("other", "192.0.2.1", "vm-2"));
    places.take(place("b"));
    expect(places.take(place("c"))).toEqual({ replaces: "a" });
    expect(places.take(place("d"))).toEqual({ replaces: "b" });
    expect(places.size).toBe(3);
  });

  test("needs no place on top of the one that becomes free", () => {
    const places = new Places({ ...replace, max: 2, max_per_client: 2 });
    places.take(place("a"));
    places.take(place("b"));
    expect(places.take(place("c"))).toEqual({ replaces: "a" });
  });

  test("replaces nobody when another limit refuses the session", () => {
    const places = new Places({ ...replace, max_per_client: 1 });
    places.take(place("a", "192.0.2.1"));
    places.take(place("b", "192.0.2.2"));
    expect(places.take(place("c", "192.0.2.2"))).toEqual({ refusedBy: "max_per_client" });
    expect(places.take(place("d", "192.0.2.3"))).toEqual({ replaces: "a" });
  });
});
