import fc from "fast-check";

/** A change to an input: bytes from `at` on are replaced. */
interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Buffer;
}

/** Bytes at which parsers are tested: ends of ranges, signs, separators. */
const INTERESTING = [
  0, 1, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0x89, 0xc0, 0xed, 0xf4, 0xfe, 0xff, 0x0a, 0x0d, 0x20, 0x22,
];

const byte = fc.oneof(fc.constantFrom(...INTERESTING), fc.nat(255));
const insert = fc.oneof(
  fc.array(byte, { maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(byte, fc.nat(300)).map(([value, length]) => Buffer.alloc(length, value)),
  fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => Buffer.from(text)),
);
const mutation: fc.Arbitrary<Mutation> = fc.record({ at: fc.nat(), remove: fc.nat(8), insert });

/** Inputs near the given ones: one of them, or two joined, with a few changes. */
export function near(inputs: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const one = fc.constantFrom(...inputs);
  return fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: fc.tuple(one, one).map(joined) }),
      fc.array(mutation, { maxLength: 5 }),
    )
    .map(([input, mutations]) => mutations.reduce(mutate, input));
}

/** Where an input is cut into pieces. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(500), { maxLength: 4 });

function joined([first, second]: readonly [Buffer, Buffer]): Buffer {
  return Buffer.concat([first, second]);
}

function mutate(input: Buffer, { at, remove, insert: bytes }: Mutation): Buffer {
  const start = at % (input.length + 1);
  return Buffer.concat([input.subarray(0, start), bytes, input.subarray(start + remove)]);
}
