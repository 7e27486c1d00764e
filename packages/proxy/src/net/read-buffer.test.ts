import { expect, test } from "vitest";
import { BufferPool } from "./buffer-pool.ts";
import { ReadBuffer } from "./read-buffer.ts";

const OWN = 100;
const HEADROOM = 10;

/** A read buffer, and a pool with only one large buffer left. */
function make(): { buffer: ReadBuffer; last: Buffer; pool: BufferPool } {
  const pool = new BufferPool();
  let last: Buffer | undefined;
  for (let one = pool.borrow(); one !== undefined; one = pool.borrow()) last = one;
  if (last === undefined) throw new Error("the pool lends nothing");
  pool.release(last);
  return { buffer: new ReadBuffer(pool, OWN, HEADROOM), last, pool };
}

test("the first read goes into the small buffer, after the headroom", () => {
  const { buffer } = make();
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(buffer.room).toHaveLength(OWN);
});

test("a read that fills the small buffer is followed by one into a large buffer, any other is not", () => {
  const { buffer, last } = make();
  buffer.advance(OWN - 1, false);
  expect(buffer.current).not.toBe(last);
  buffer.advance(OWN, false);
  expect(buffer.current).toBe(last);
  buffer.advance(last.length - HEADROOM, false);
  expect(buffer.current).toBe(last);
});

test("a large buffer that is not filled returns at once, since its session may stay quiet", () => {
  const { buffer, last, pool } = make();
  buffer.advance(OWN, false);
  buffer.advance(last.length - HEADROOM - 1, false);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(pool.borrow()).toBe(last);
});

test("a large buffer returns to the pool only once no write reads from it", () => {
  const { buffer, pool, last } = make();
  buffer.advance(OWN, true);
  buffer.advance(1, true);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
  expect(pool.borrow()).toBeUndefined();
  buffer.flushed();
  expect(pool.borrow()).toBe(last);
});

test("without an available large buffer, reads go on into the small one", () => {
  const { buffer, pool } = make();
  pool.borrow();
  buffer.advance(OWN, false);
  expect(buffer.current).toHaveLength(HEADROOM + OWN);
});

test("at the end everything returns to the pool, once", () => {
  const { buffer, pool, last } = make();
  buffer.advance(OWN, false);
  buffer.release();
  buffer.release();
  expect(pool.borrow()).toBe(last);
  expect(pool.borrow()).toBeUndefined();
});
