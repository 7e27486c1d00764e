import { expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

test("a name with several addresses, none of which answers, has a reason", () => {
  const refused = ["connect ECONNREFUSED ::1:6379", "connect ECONNREFUSED 127.0.0.1:6379"];
  const error = new AggregateError(refused.map((message) => new Error(message)));
  expect(error.message).toBe("");
  expect(reasonOf(error)).toBe(refused.join("; "));
});

test.each([
  [new Error("WRONGPASS"), "WRONGPASS"],
  ["closed", "closed"],
  [new Error("unable to verify the first certificate"), "its certificate is not from an authority of cluster.ca"],
])("the reason of %s", (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});
