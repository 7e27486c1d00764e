import fc from "fast-check";
import { expect, test } from "vitest";
import { type HeapEntry, MinHeap } from "./heap.ts";

const entry = (key: number): HeapEntry => ({ key, index: -1 });

function drain(heap: MinHeap<HeapEntry>): number[] {
  const keys: number[] = [];
  for (let next = heap.peek(); next !== undefined; next = heap.peek()) {
    keys.push(next.key);
    heap.remove(next);
  }
  return keys;
}

test("entries come out in the order of their keys, whatever the order they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (keys) => {
      const heap = new MinHeap<HeapEntry>();
      for (const key of keys) heap.push(entry(key));
      expect(drain(heap)).toEqual(keys.toSorted((a, b) => a - b));
    }),
  );
});

test("removing any entries leaves the others in order", () => {
  const keysAndFates = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()));
  fc.assert(
    fc.property(keysAndFates, (list) => {
      const heap = new MinHeap<HeapEntry>();
      const entries = list.map(([key]) => entry(key));
      for (const one of entries) heap.push(one);
      entries.forEach((one, index) => list[index]?.[1] === true && heap.remove(one));
      const kept = list.filter(([, removed]) => !removed).map(([key]) => key);
      expect(heap.size).toBe(kept.length);
      expect(drain(heap)).toEqual(kept.toSorted((a, b) => a - b));
    }),
  );
});

test("taking entries up to a key gives them in order, and leaves the others in order and removable", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 50 }), { size: "medium" });
  fc.assert(
    fc.property(keys, fc.integer({ min: -1, max: 51 }), (list, last) => {
      const heap = new MinHeap<HeapEntry>();
      const entries = list.map((key) => entry(key));
      for (const one of entries) heap.push(one);
      const taken = heap.takeUpTo(last);
      expect(taken.map(({ key }) => key)).toEqual(list.filter((key) => key <= last).toSorted((a, b) => a - b));
      expect(taken.every(({ index }) => index === -1)).toBe(true);
      const kept = entries.filter(({ key }) => key > last);
      const [first] = kept;
      if (first !== undefined) heap.remove(first);
      expect(drain(heap)).toEqual(
        kept
          .slice(1)
          .map(({ key }) => key)
          .toSorted((a, b) => a - b),
      );
    }),
  );
});

test("removing an entry that is not in the heap changes nothing", () => {
  const heap = new MinHeap<HeapEntry>();
  const [one, other] = [entry(1), entry(2)];
  heap.push(one);
  heap.remove(other);
  heap.remove(one);
  heap.remove(one);
  expect(heap.size).toBe(0);
  expect(one.index).toBe(-1);
});

test("entries with new keys come out in their order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.integer())), (list) => {
      const heap = new MinHeap<HeapEntry & { later: number }>();
      for (const [key, later] of list) heap.push({ key, later, index: -1 });
      heap.rekey(({ later }) => later);
      expect(drain(heap)).toEqual(list.map(([, later]) => later).toSorted((a, b) => a - b));
    }),
  );
});

test("one due entry among 50,000 is taken without a look at the others", () => {
  const heap = new MinHeap<HeapEntry>();
  const looks = { count: 0 };
  const watched = (key: number): HeapEntry => ({
    index: -1,
    get key() {
      looks.count += 1;
      return key;
    },
    set key(_key: number) {},
  });
  for (let key = 0; key < 50_000; key += 1) heap.push(watched(key));
  looks.count = 0;
  expect(heap.takeUpTo(0)).toHaveLength(1);
  expect(looks.count).toBeLessThan(200);
});
