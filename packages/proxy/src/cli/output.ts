import { once } from "node:events";
import { printable } from "../printable.ts";
import { isJournal, withPriority } from "../telemetry/journal.ts";

/** Prints one line. Names and error texts come from others: no character of theirs controls the terminal. */
export function print(line: string): void {
  console.log(printable(line));
}

/** Prints a list as one line of JSON, however long: it need not fit into a string. */
export async function printJsonList(list: readonly unknown[]): Promise<void> {
  const { stdout } = process;
  stdout.write("[");
  for (const [index, item] of list.entries()) {
    const text = `${index === 0 ? "" : ","}${printable(JSON.stringify(item))}`;
    if (!stdout.write(text)) await once(stdout, "drain");
  }
  stdout.write("]\n");
}

/** Prints one line to standard error. */
export function printError(line: string): void {
  putError("error", line);
}

/** Prints one line of a command to standard error: something should be put right. */
export function printWarning(line: string): void {
  putError("warn", `curfew: warning: ${line}`);
}

/** Prints text of several lines to standard error, such as a list of problems. */
export function printErrorLines(text: string): void {
  for (const line of text.split("\n")) printError(line);
}

function putError(level: "error" | "warn", line: string): void {
  const text = printable(line);
  console.error(isJournal(2) ? withPriority(level, text) : text);
}
