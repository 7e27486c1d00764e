const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From this much time left on (milliseconds), the seconds are shown too. */
const secondsShownBelow = 5 * minute;

/**
 * Time left, as short as a top bar wants it: `2 d 3 h`, `1 h 12 min`, `12 min`, `4:07`. Whole
 * minutes are rounded down and seconds up: it never promises a minute that is not there, and
 * reaches `0:00` only at the end.
 */
export function shortTimeLeft(milliseconds: number): string {
  const left = Math.max(0, milliseconds);
  if (left < secondsShownBelow) {
    const seconds = Math.ceil(left / second);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  if (left < hour) return `${Math.floor(left / minute)} min`;
  if (left < day) return join(Math.floor(left / hour), "h", Math.floor((left % hour) / minute), "min");
  return join(Math.floor(left / day), "d", Math.floor((left % day) / hour), "h");
}

/** Time left in whole words, for screen readers: `4 minutes 7 seconds`. */
export function spokenTimeLeft(milliseconds: number): string {
  const left = Math.max(0, milliseconds);
  if (left < secondsShownBelow) {
    const seconds = Math.ceil(left / second);
    return words(Math.floor(seconds / 60), "minute", seconds % 60, "second");
  }
  if (left < hour) return words(0, "hour", Math.floor(left / minute), "minute");
  if (left < day) return words(Math.floor(left / hour), "hour", Math.floor((left % hour) / minute), "minute");
  return words(Math.floor(left / day), "day", Math.floor((left % day) / hour), "hour");
}

/** How long something lasted: `48 s`, `12 min 4 s`, `3 h 20 min`. */
export function lasted(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / second));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return join(Math.floor(seconds / 60), "min", seconds % 60, "s");
  return shortTimeLeft(seconds * second);
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function words(large: number, largeUnit: string, small: number, smallUnit: string): string {
  if (large === 0) return count(small, smallUnit);
  return small === 0 ? count(large, largeUnit) : `${count(large, largeUnit)} ${count(small, smallUnit)}`;
}

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? "" : "s"}`;
}
