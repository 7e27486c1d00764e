/** A duration in words for a label: "90 seconds", "5 minutes". */
export function lifetimeWords(seconds: number): string {
  return inMinutes(seconds) ? `${seconds / 60} minutes` : `${seconds} seconds`;
}

/** The same, as short as a switch wants it: "90 s", "5 min". */
export function lifetimeLabel(seconds: number): string {
  return inMinutes(seconds) ? `${seconds / 60} min` : `${seconds} s`;
}

function inMinutes(seconds: number): boolean {
  return seconds >= 120 && seconds % 60 === 0;
}

/** Time left as a clock shows it: "4:59". */
export function clock(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** An amount of data: "12 kB". */
export function bytes(count: number): string {
  const unit = count >= 1e6 ? "megabyte" : "kilobyte";
  const value = count / (unit === "megabyte" ? 1e6 : 1e3);
  return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** Milliseconds: "0.4 ms", "12 ms". */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The time of day of an instant, to the second. */
export function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB");
}
