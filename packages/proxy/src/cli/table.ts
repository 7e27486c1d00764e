import { printable } from "../printable.ts";
import { print } from "./output.ts";

/** Prints rows as aligned columns under a heading, for people. */
export function printTable<T extends object>(rows: readonly T[], columns: readonly (keyof T & string)[]): void {
  const cells = rows.map((row) => columns.map((column) => printable(String(row[column] ?? "-"))));
  const heading = columns.map((column) => column.replaceAll("_", " ").toUpperCase());
  const lines = [heading, ...cells];
  const widths = columns.map((_, index) => lines.reduce((width, line) => Math.max(width, line[index]?.length ?? 0), 0));
  for (const line of lines) {
    print(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}
