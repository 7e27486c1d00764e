/** What the demo can be told by environment variables. */
export interface DemoOptions {
  /** Where the dashboard listens; undefined where any port will do. */
  readonly port: number | undefined;
  /** The lifetimes that the dashboard offers, in seconds, shortest first; nothing else is issued. */
  readonly lifetimes: readonly number[];
  /** Seconds until a scripted fault strikes. */
  readonly faultDelay: number;
}

const LIFETIMES = "20,90,300,1800";
const FAULT_DELAY = "3";

/** An environment variable has a value that makes no sense. */
export class OptionError extends Error {}

/** @throws OptionError naming the variable, its value and what was expected. */
export function readOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  const {
    PORT: port,
    CURFEW_DEMO_LIFETIMES: lifetimes = LIFETIMES,
    CURFEW_DEMO_FAULT_DELAY: delay = FAULT_DELAY,
  } = env;
  const options: DemoOptions = {
    port: port === undefined ? undefined : wholeNumber(port),
    lifetimes: lifetimes
      .split(",")
      .map(wholeNumber)
      .toSorted((one, other) => one - other),
    faultDelay: Number(delay),
  };
  if (options.port !== undefined && !(options.port <= 65_535)) throw wrong("PORT", port, "a port from 0 to 65535");
  if (!options.lifetimes.every((seconds) => seconds >= 2 && seconds <= DAY))
    throw wrong("CURFEW_DEMO_LIFETIMES", lifetimes, `whole seconds from 2 to ${DAY} with commas, such as ${LIFETIMES}`);
  if (!(options.faultDelay >= 0.5 && options.faultDelay <= 60))
    throw wrong("CURFEW_DEMO_FAULT_DELAY", delay, `seconds from 0.5 to 60, such as ${FAULT_DELAY}`);
  return options;
}

const DAY = 86_400;

/** NaN for anything else. */
function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}

function wrong(name: string, value: string | undefined, expected: string): OptionError {
  return new OptionError(`${name} is ${JSON.stringify(value)}; expected ${expected}`);
}
