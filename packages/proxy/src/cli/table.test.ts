import { expect, test, vi } from "vitest";
import { printTable } from "./table.ts";

test("a table of any length is printed, with columns as wide as their longest cell", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const rows = Array.from({ length: 200_000 }, (_, index) => ({
    id: String(index),
    ended_at: index === 7 ? "now" : null,
  }));
  printTable(rows, ["ended_at", "id"]);
  const printed = log.mock.calls.flat() as readonly string[];
  log.mockRestore();
  expect(printed).toHaveLength(200_001);
  expect(printed.slice(0, 2)).toEqual(["ENDED AT  ID", "-         0"]);
  expect(printed[8]).toBe("now       7");
});
