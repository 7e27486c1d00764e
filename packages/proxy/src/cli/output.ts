import { printable } from "../printable.ts";

/** Prints one line. Names and error texts come from others: no character of theirs controls the terminal. */
export function print(line: string): void {
  console.log(printable(line));
}

/** Prints one line to standard error. */
export function printError(line: string): void {
  console.error(printable(line));
}

/** Prints text of several lines to standard error, such as a list of problems. */
export function printErrorLines(text: string): void {
  for (const line of text.split("\n")) printError(line);
}
