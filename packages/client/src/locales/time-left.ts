const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Below this time left (milliseconds), seconds are shown too. */
const SECONDS_SHOWN_BELOW = 5 * MINUTE;

type Unit = "day" | "hour" | "minute" | "second";
type Part = readonly [value: number, unit: Unit];

/**
 * `long` for sentences and screen readers (`4 minutes, 7 seconds`), `short` for status bars (`4 min, 7 sec`), `digital` for
 * countdowns (`4:07`, and as `short` from one hour on).
 */
export type TimeStyle = "long" | "short" | "digital";

/**
 * Formats the time left in a language. Seconds are rounded up, so that 0 is shown only at the end.
 * Without seconds, minutes are then rounded down, so that the text never promises too much.
 *
 * @param language - BCP 47 tag
 * @param leftMs - milliseconds; less than 0 counts as 0
 * @throws RangeError for a malformed tag.
 */
export function timeLeft(language: string, leftMs: number, style: TimeStyle = "long"): string {
  const left = Math.ceil(Math.max(0, leftMs) / SECOND) * SECOND;
  if (style === "digital" && left < HOUR) return minutesAndSeconds(language, left);
  const width = style === "long" ? "long" : "short";
  // As Intl.DurationFormat is specified (ECMA-402, PartitionDurationFormatPattern), for browsers without it.
  const parts = partsOf(left).map(([value, unit]) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: width }).format(value),
  );
  return new Intl.ListFormat(language, { type: "unit", style: width }).format(parts);
}

function minutesAndSeconds(language: string, left: number): string {
  const seconds = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 }).format((left % MINUTE) / SECOND);
  return `${new Intl.NumberFormat(language).format(Math.floor(left / MINUTE))}:${seconds}`;
}

function partsOf(left: number): readonly Part[] {
  if (left < SECONDS_SHOWN_BELOW) {
    const seconds = left / SECOND;
    return withoutZero([Math.floor(seconds / 60), "minute"], [seconds % 60, "second"]);
  }
  if (left < HOUR) return [[Math.floor(left / MINUTE), "minute"]];
  if (left < DAY) return withoutZero([Math.floor(left / HOUR), "hour"], [Math.floor((left % HOUR) / MINUTE), "minute"]);
  return withoutZero([Math.floor(left / DAY), "day"], [Math.floor((left % DAY) / HOUR), "hour"]);
}

function withoutZero(large: Part, small: Part): readonly Part[] {
  if (large[0] === 0) return [small];
  return small[0] === 0 ? [large] : [large, small];
}
