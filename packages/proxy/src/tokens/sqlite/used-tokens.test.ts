import { expect, test } from "vitest";
import { UsedTokensTable } from "./used-tokens.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

test("the first use of each token counts, and no later one until long after its expiry", () => {
  const used = UsedTokensTable.inMemory();
  expect([used.use("a", 1000, 0), used.use("b", 1000, 0), used.use("a", 1000, 1)]).toEqual([true, true, false]);
  expect(used.use("a", 1000, 1000 + 31 * DAY_MS)).toBe(false);
  expect(used.use("a", 1000, 1001 + 31 * DAY_MS)).toBe(true);
});

test("a token whose expiry has passed already, as it may when enforcement is off, is kept from its use on", () => {
  const used = UsedTokensTable.inMemory();
  used.use("a", 0, 40 * DAY_MS);
  expect(used.use("a", 0, 70 * DAY_MS)).toBe(false);
});

test("when there is no more room, single-use tokens are refused rather than forgotten", () => {
  const used = UsedTokensTable.inMemory(2);
  used.use("a", 0, 0);
  used.use("b", DAY_MS, 0);
  expect(() => used.use("c", 0, 0)).toThrow("2 single-use tokens were used and have not expired");
  expect(used.use("c", 0, 31 * DAY_MS + 1)).toBe(true);
  expect(used.use("b", 0, 31 * DAY_MS + 1)).toBe(false);
});
