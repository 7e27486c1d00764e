import { describe, expect, it } from "vitest";
import { lasted, shortTimeLeft, spokenTimeLeft } from "./duration.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe("time left", () => {
  it.each([
    [-5, "0:00", "0 seconds"],
    [1, "0:01", "1 second"],
    [59_001, "1:00", "1 minute"],
    [4 * minute + 6001, "4:07", "4 minutes 7 seconds"],
    [5 * minute - 1, "5:00", "5 minutes"],
    [5 * minute, "5 min", "5 minutes"],
    [13 * minute - 1, "12 min", "12 minutes"],
    [hour, "1 h", "1 hour"],
    [hour + 12 * minute, "1 h 12 min", "1 hour 12 minutes"],
    [51 * hour, "2 d 3 h", "2 days 3 hours"],
  ])("of %d ms is %s, spoken %s", (milliseconds, short, spoken) => {
    expect(shortTimeLeft(milliseconds)).toBe(short);
    expect(spokenTimeLeft(milliseconds)).toBe(spoken);
  });
});

it.each([
  [300, "0 s"],
  [48_000, "48 s"],
  [12 * minute + 4 * second, "12 min 4 s"],
  [3 * hour + 20 * minute, "3 h 20 min"],
])("a session of %d ms lasted %s", (milliseconds, text) => {
  expect(lasted(milliseconds)).toBe(text);
});
