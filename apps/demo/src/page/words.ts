/** A duration in words for a label: "90 seconds", "5 minutes". */
export function lifetimeWords(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${seconds / 60} minutes`;
}

/** Time left as a clock shows it: "4:59". */
export function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** An amount of data: "12 kB". */
export function bytes(count: number): string {
  const unit = count >= 1e6 ? "megabyte" : "kilobyte";
  const value = count / (unit === "megabyte" ? 1e6 : 1e3);
  return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}
