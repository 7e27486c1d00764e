import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
