import { describe, expect, test } from "vitest";
import { LANGUAGES, timeLeft } from "./index.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

interface DurationFormat {
  format(duration: Readonly<Record<string, number>>): string;
}
const { DurationFormat } = Intl as unknown as {
  readonly DurationFormat: new (language: string, options: { style: string }) => DurationFormat;
};

describe("timeLeft", () => {
  test.each([
    [-5, "0 sec", "0 seconds", "0:00"],
    [1, "1 sec", "1 second", "0:01"],
    [59_001, "1 min", "1 minute", "1:00"],
    [4 * minute + 6001, "4 min, 7 sec", "4 minutes, 7 seconds", "4:07"],
    [5 * minute - 1, "5 min", "5 minutes", "5:00"],
    [5 * minute, "5 min", "5 minutes", "5:00"],
    [13 * minute - 1000, "12 min", "12 minutes", "12:59"],
    [13 * minute - 999, "13 min", "13 minutes", "13:00"],
    [hour, "1 hr", "1 hour", "1 hr"],
    [hour + 12 * minute, "1 hr, 12 min", "1 hour, 12 minutes", "1 hr, 12 min"],
    [51 * hour, "2 days, 3 hr", "2 days, 3 hours", "2 days, 3 hr"],
  ])("of %d ms is %s, and %s in a sentence, and %s to look at", (leftMs, short, long, digital) => {
    expect(timeLeft("en", leftMs, "short")).toBe(short);
    expect(timeLeft("en", leftMs, "digital")).toBe(digital);
    expect(timeLeft("en", leftMs)).toBe(long);
  });

  test.each(LANGUAGES)("says in %s what Intl.DurationFormat says", (language) => {
    for (const style of ["short", "long"] as const) {
      const format = new DurationFormat(language, { style });
      expect(timeLeft(language, 4 * minute + 7 * second, style)).toBe(format.format({ minutes: 4, seconds: 7 }));
      expect(timeLeft(language, second, style)).toBe(format.format({ seconds: 1 }));
      expect(timeLeft(language, 51 * hour, style)).toBe(format.format({ days: 2, hours: 3 }));
    }
  });

  test("refuses what is no language tag", () => {
    expect(() => timeLeft("not a tag", 1)).toThrow(RangeError);
  });
});
