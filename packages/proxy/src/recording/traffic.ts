import type { Tap } from "../relay/tap.ts";
import { LogDestination } from "../telemetry/log-destination.ts";

/** As websockify explains its characters; pieces that were passed on in parts only are not told apart here. */
const LEGEND = `
Traffic Legend:
    }  - Client receive
    {  - Target receive
    >  - Target send
    <  - Client send
`;

/** Prints characters for each piece of data that is relayed (websockify's `--traffic`). */
export class TrafficPrinter implements Tap {
  readonly #output: Pick<LogDestination, "write">;
  #isExplained = false;

  /** @param output - test seam. @defaultValue standard output, which is never waited for */
  constructor(output: Pick<LogDestination, "write"> = standardOutput()) {
    this.#output = output;
  }

  take(): undefined {
    this.#print("{<");
  }

  takeFromClient(): undefined {
    this.#print("}>");
  }

  end(): void {}

  #print(characters: string): void {
    if (!this.#isExplained) this.#output.write(LEGEND);
    this.#isExplained = true;
    this.#output.write(characters);
  }
}

let opened: LogDestination | undefined;

function standardOutput(): LogDestination {
  return (opened ??= new LogDestination(1));
}
