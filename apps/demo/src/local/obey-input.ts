import { createInterface } from "node:readline";
import type { StopRequest } from "./stop-request.ts";

/**
 * Runs the lines of the standard input as commands.
 *
 * @param run - does what a line says, and returns what to print; undefined to stop.
 * @returns a function that ends it.
 */
export function obeyInput(run: (line: string) => Promise<string | undefined>, stop: StopRequest): () => void {
  const input = createInterface(process.stdin);
  input.on("line", (line) => {
    run(line).then(
      (answer) => (answer === undefined ? stop.stop() : console.log(answer)),
      (error: unknown) => console.error(error instanceof Error ? error.message : error),
    );
  });
  return () => input.close();
}
