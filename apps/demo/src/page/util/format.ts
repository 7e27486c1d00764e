/** A duration: "90 seconds", "5 minutes". */
export function formatLifetime(seconds: number): string {
  return inMinutes(seconds) ? `${seconds / 60} minutes` : `${seconds} seconds`;
}

/** A duration with a short unit: "90 s", "5 min". */
export function formatShortLifetime(seconds: number): string {
  return inMinutes(seconds) ? `${seconds / 60} min` : `${seconds} s`;
}

function inMinutes(seconds: number): boolean {
  return seconds >= 120 && seconds % 60 === 0;
}

/** Time left, in minutes and seconds: "4:59". */
export function formatClock(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** An amount of data: "12 kB". */
export function formatBytes(count: number): string {
  const unit = count >= 1e6 ? "megabyte" : "kilobyte";
  const value = count / (unit === "megabyte" ? 1e6 : 1e3);
  return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** Milliseconds: "0.4 ms", "12 ms". */
export function formatMilliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The time of day of an instant, to the second. */
export function formatTimeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB");
}
