import { expect, test } from "vitest";
import { sha256 } from "../sha256.ts";
import { KnownExpiries } from "./known-expiries.ts";

const HOUR = 60 * 60 * 1000;

/** Clocks that a test moves; both start at different values. */
function make(max?: number): { expiries: KnownExpiries; clock: { wall: number; monotonic: number } } {
  const clock = { wall: 1_700_000_000_000, monotonic: 500 };
  const source = { wall: () => clock.wall, monotonic: () => clock.monotonic };
  return { expiries: new KnownExpiries(source, max), clock };
}

const pass = (clock: { wall: number; monotonic: number }, ms: number): void => {
  clock.wall += ms;
  clock.monotonic += ms;
};

test("while the clocks agree, a token expires when its source says", () => {
  const { expiries, clock } = make();
  const expiry = clock.wall + HOUR;
  for (let count = 0; count < 20; count += 1) {
    expect(expiries.settle(sha256("a"), expiry, true)).toBe(expiry);
    pass(clock, 0.1 + 6 * 60_000);
    // The clocks are not read in the same instant.
    clock.wall += count % 2 === 0 ? 1 : -1;
  }
});

test("a wall clock that is set back gives a token no more time, and does not open an expired one again", () => {
  const { expiries, clock } = make();
  const expiry = clock.wall + HOUR;
  expect(expiries.settle(sha256("a"), expiry, true)).toBe(expiry);
  pass(clock, HOUR / 2);
  clock.wall -= 2 * HOUR;
  expect(expiries.settle(sha256("a"), expiry, true) - clock.wall).toBe(HOUR / 2);
  pass(clock, HOUR / 2);
  expect(expiries.settle(sha256("a"), expiry, true) - clock.wall).toBe(0);
  pass(clock, HOUR);
  expect(expiries.settle(sha256("a"), expiry, true)).toBeLessThan(clock.wall);
});

test("a token that had expired when it was looked up first stays expired", () => {
  const { expiries, clock } = make();
  const expiry = clock.wall - 1;
  expiries.settle(sha256("a"), expiry, true);
  clock.wall -= HOUR;
  expect(expiries.settle(sha256("a"), expiry, true)).toBeLessThan(clock.wall);
});

test("a clock that is set forward ends access as the source says", () => {
  const { expiries, clock } = make();
  const expiry = clock.wall + HOUR;
  expiries.settle(sha256("a"), expiry, true);
  clock.wall += 2 * HOUR;
  expect(expiries.settle(sha256("a"), expiry, true)).toBe(expiry);
});

test("a source may move an expiry, but what counts from the first use does not move", () => {
  const { expiries, clock } = make();
  const expiry = clock.wall + HOUR;
  expiries.settle(sha256("a"), expiry, true);
  expect(expiries.settle(sha256("a"), expiry + HOUR, true)).toBe(expiry + HOUR);
  expiries.settle(sha256("b"), expiry, false);
  clock.wall -= HOUR;
  // The first use is now recorded as an hour earlier than it was.
  expect(expiries.settle(sha256("b"), clock.wall + HOUR, false)).toBe(clock.wall + HOUR);
  pass(clock, HOUR / 2);
  clock.wall -= HOUR;
  expect(expiries.settle(sha256("b"), clock.wall + HOUR, false) - clock.wall).toBe(HOUR / 2);
});

test("a token whose first use has been forgotten counts as new", () => {
  const { expiries, clock } = make();
  expiries.settle(sha256("a"), clock.wall + HOUR, false);
  pass(clock, 31 * 24 * HOUR);
  expect(expiries.settle(sha256("a"), clock.wall + HOUR, false)).toBe(clock.wall + HOUR);
});

test("no more are remembered than the limit", () => {
  const { expiries, clock } = make(3);
  for (const token of ["a", "b", "c", "d", "e"]) expiries.settle(sha256(token), clock.wall + HOUR, true);
  expect(expiries.size).toBe(3);
});
