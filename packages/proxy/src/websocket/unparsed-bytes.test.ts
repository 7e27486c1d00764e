import fc from "fast-check";
import { expect, test } from "vitest";
import { UnparsedBytes } from "./unparsed-bytes.ts";

test("what is kept is what was read, less what was parsed, although the memory of a read is used again", () => {
  const step = fc.record({ read: fc.uint8Array({ maxLength: 20 }), parsed: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(step), (head, steps) => {
      const unparsed = new UnparsedBytes(Buffer.from(head));
      let expected = Buffer.from(head);
      for (const { read, parsed } of steps) {
        const memory = Buffer.from(read);
        expected = Buffer.concat([expected, memory]);
        expect(unparsed.keep(memory, 100)).toBe(expected.length);
        memory.fill(0xff);
        expect(unparsed.bytes).toEqual(expected);
        unparsed.at = Math.min(parsed, expected.length);
        expected = expected.subarray(unparsed.at);
        expect(unparsed.isEmpty).toBe(expected.length === 0);
        if (unparsed.isEmpty) unparsed.clear();
      }
    }),
  );
});

test("single bytes are copied to new memory a few times only", () => {
  const unparsed = new UnparsedBytes(Buffer.alloc(0));
  const memories = new Set<number>();
  for (let count = 0; count < 60_000; count += 1) {
    unparsed.keep(Buffer.of(1), 65_536);
    memories.add(unparsed.bytes.byteOffset + unparsed.bytes.buffer.byteLength * 2 ** 20);
  }
  expect(unparsed.bytes).toHaveLength(60_000);
  expect(memories.size).toBeLessThan(20);
});
