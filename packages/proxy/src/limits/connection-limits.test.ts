import { expect, test } from "vitest";
import { connectionLimits } from "./connection-limits.ts";

const none = {
  max: null,
  max_per_client: null,
  max_unauthenticated: null,
  max_unauthenticated_per_client: null,
  unauthenticated_timeout: 20,
};

test.each([
  [71, [71, 35, 35, 8]],
  [476, [476, 238, 238, 59]],
  [9964, [9964, 4982, 1024, 256]],
  [0, [16, 8, 8, 2]],
  [Infinity, [Infinity, Infinity, 1024, 256]],
])("with descriptors for %i sessions the limits are %j", (capacity, expected) => {
  const { max, max_per_client, max_unauthenticated, max_unauthenticated_per_client } = connectionLimits(none, capacity);
  expect([max, max_per_client, max_unauthenticated, max_unauthenticated_per_client]).toEqual(expected);
});

test("what is configured counts, and the rest follows from it", () => {
  expect(connectionLimits({ ...none, max: 100, max_unauthenticated: 8 }, 1024)).toEqual({
    max: 100,
    max_per_client: 50,
    max_unauthenticated: 8,
    max_unauthenticated_per_client: 2,
    unauthenticated_timeout: 20,
  });
});
