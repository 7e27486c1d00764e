const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From this much time left on (milliseconds), the seconds are shown too. */
const secondsShownBelow = 5 * minute;

type Unit = "day" | "hour" | "minute" | "second";
type Part = readonly [value: number, unit: Unit];

/** `long` for sentences (`4 minutes, 7 seconds`), `short` for status bars (`4 min, 7 sec`). */
export type TimeStyle = "long" | "short";

/**
 * Time left in the words of a language. Seconds are rounded up, so that it reaches 0 only at
 * the end; where no seconds are shown, whole minutes are then rounded down: it promises no minute that
 * is not there.
 *
 * @param language - BCP 47 tag
 * @param leftMs - milliseconds; less than 0 counts as 0
 * @throws RangeError for a tag that is not well-formed.
 */
export function timeLeft(language: string, leftMs: number, style: TimeStyle = "long"): string {
  // What Intl.DurationFormat is specified to do (ECMA-402, PartitionDurationFormatPattern), without
  // asking for browsers that have it.
  const parts = partsOf(Math.ceil(Math.max(0, leftMs) / second) * second).map(([value, unit]) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: style }).format(value),
  );
  return new Intl.ListFormat(language, { type: "unit", style }).format(parts);
}

function partsOf(left: number): readonly Part[] {
  if (left < secondsShownBelow) {
    const seconds = left / second;
    return withoutZero([Math.floor(seconds / 60), "minute"], [seconds % 60, "second"]);
  }
  if (left < hour) return [[Math.floor(left / minute), "minute"]];
  if (left < day) return withoutZero([Math.floor(left / hour), "hour"], [Math.floor((left % hour) / minute), "minute"]);
  return withoutZero([Math.floor(left / day), "day"], [Math.floor((left % day) / hour), "hour"]);
}

function withoutZero(large: Part, small: Part): readonly Part[] {
  if (large[0] === 0) return [small];
  return small[0] === 0 ? [large] : [large, small];
}
