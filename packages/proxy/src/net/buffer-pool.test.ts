import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BufferPool } from "./buffer-pool.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a returned buffer is lent again", () => {
  const pool = new BufferPool();
  const first = pool.borrow();
  expect(first).toBeInstanceOf(Buffer);
  if (first !== undefined) pool.release(first);
  expect(pool.borrow()).toBe(first);
});

test("a buffer in use is not handed out again", () => {
  const pool = new BufferPool();
  const lent = Array.from({ length: 10 }, () => pool.borrow());
  expect(new Set(lent).size).toBe(10);
});

test("the number of loans is limited, and a return allows another", () => {
  const pool = new BufferPool();
  const lent: Buffer[] = [];
  for (let buffer = pool.borrow(); buffer !== undefined; buffer = pool.borrow()) lent.push(buffer);
  expect(lent.reduce((sum, { length }) => sum + length, 0)).toBe(16 * 2 ** 20);
  const [first] = lent;
  if (first !== undefined) pool.release(first);
  expect(pool.borrow()).toBe(first);
});

test("after some seconds without loans the pool keeps no buffer and no timer", () => {
  const pool = new BufferPool();
  const first = pool.borrow();
  if (first !== undefined) pool.release(first);
  vi.advanceTimersByTime(5000);
  expect(vi.getTimerCount()).toBe(0);
  expect(pool.borrow()).not.toBe(first);
});

describe("a pool whose loans are all in writes", () => {
  const lendAll = (pool: BufferPool): Buffer[] => {
    const lent: Buffer[] = [];
    for (let buffer = pool.borrow(); buffer !== undefined; buffer = pool.borrow()) lent.push(buffer);
    for (const buffer of lent) pool.writeBegins(buffer);
    return lent;
  };

  test("lends others in place of those that stall, a limited number, and never one that is in use", () => {
    const pool = new BufferPool();
    const lent = new Set(lendAll(pool));
    vi.advanceTimersByTime(999);
    expect(pool.borrow()).toBeUndefined();
    vi.advanceTimersByTime(1);
    const more = lendAll(pool);
    expect(more).toHaveLength(64);
    vi.advanceTimersByTime(1000);
    more.push(...lendAll(pool));
    vi.advanceTimersByTime(1000);
    expect(lendAll(pool)).toEqual([]);
    expect(more).toHaveLength(128);
    expect(more.some((buffer) => lent.has(buffer))).toBe(false);
  });

  test("does not replace one whose write has ended", () => {
    const pool = new BufferPool();
    for (const buffer of lendAll(pool)) pool.writeEnds(buffer);
    vi.advanceTimersByTime(5000);
    expect(pool.borrow()).toBeUndefined();
  });

  test("does not lend a replaced one again, and counts the others as before", () => {
    const pool = new BufferPool();
    const lent = lendAll(pool);
    vi.advanceTimersByTime(1000);
    const more = lendAll(pool);
    for (const buffer of [...lent, ...more]) pool.release(buffer);
    expect(new Set(lendAll(pool))).toEqual(new Set(more));
  });
});
