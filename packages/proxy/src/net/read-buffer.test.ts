import { expect, test } from "vitest";
import { BufferPool } from "./buffer-pool.ts";
import { ReadBuffer } from "./read-buffer.ts";

const OWN = 100;
const HEADROOM = 10;

/** A buffer, and a pool that has only one large one left. */
function make(): { buffer: ReadBuffer; last: Buffer; pool: BufferPool } {
  const pool = new BufferPool();
  let last: Buffer | undefined;
  for (let one = pool.borrow(); one !== undefined; one = pool.borrow()) last = one;
  if (last === undefined) throw new Error("the pool lends nothing");
  pool.release(last);
  return { buffer: new ReadBuffer(pool, OWN, HEADROOM), last, pool };
}

test("the first read goes into the small buffer, behind the headroom", () => {
  const { buffer } = make();
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(buffer.room).toHaveLength(OWN);
});

test("a read that fills the small buffer earns a large one; one that does not, does not", () => {
  const { buffer, last } = make();
  buffer.advance(OWN - 1, false);
  expect(buffer.current).not.toBe(last);
  buffer.advance(OWN, false);
  expect(buffer.current).toBe(last);
  buffer.advance(last.length - HEADROOM, false);
  expect(buffer.current).toBe(last);
});

test("a large buffer that is not filled goes back at once, since its session may stay quiet", () => {
  const { buffer, last, pool } = make();
  buffer.advance(OWN, false);
  buffer.advance(last.length - HEADROOM - 1, false);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(pool.borrow()).toBe(last);
});

test("nobody else gets a large buffer while a write reads from it", () => {
  const { buffer, pool, last } = make();
  buffer.advance(OWN, true);
  buffer.advance(1, true);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(pool.borrow()).toBeUndefined();
  buffer.flushed();
  expect(pool.borrow()).toBe(last);
});

test("without a large one to be had the small one does", () => {
  const { buffer, pool } = make();
  pool.borrow();
  buffer.advance(OWN, false);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
});

test("at the end everything goes back, once", () => {
  const { buffer, pool, last } = make();
  buffer.advance(OWN, false);
  buffer.release();
  buffer.release();
  expect(pool.borrow()).toBe(last);
  expect(pool.borrow()).toBeUndefined();
});
