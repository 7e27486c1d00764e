/** What the demo can be told by environment variables. */
export interface DemoOptions {
  /** Where the dashboard listens; undefined where any port will do. */
  readonly port: number | undefined;
  /** The lifetimes that the dashboard offers, in seconds, shortest first. */
  readonly lifetimes: readonly number[];
  /** Seconds until a scripted fault strikes. */
  readonly faultDelay: number;
}

const LIFETIMES = "20,90,300,1800";
const FAULT_DELAY = "3";
/** The longest lifetime, in seconds. */
const DAY = 86_400;

/** An environment variable has a value that makes no sense. */
export class OptionError extends Error {}

/** @throws OptionError naming the variable, its value and what was expected. */
export function readOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  const port = env["PORT"];
  if (port !== undefined && !(wholeNumber(port) <= 65_535)) throw wrong("PORT", port, "a port from 0 to 65535");

  const list = env["CURFEW_DEMO_LIFETIMES"] ?? LIFETIMES;
  const lifetimes = [...new Set(list.split(",").map(wholeNumber))];
  if (!lifetimes.every((seconds) => seconds >= 2 && seconds <= DAY))
    throw wrong("CURFEW_DEMO_LIFETIMES", list, `whole seconds from 2 to ${DAY} with commas, such as ${LIFETIMES}`);

  const delay = env["CURFEW_DEMO_FAULT_DELAY"] ?? FAULT_DELAY;
  const faultDelay = Number(delay);
  if (!(faultDelay >= 0.5 && faultDelay <= 60))
    throw wrong("CURFEW_DEMO_FAULT_DELAY", delay, `seconds from 0.5 to 60, such as ${FAULT_DELAY}`);

  return {
    port: port === undefined ? undefined : wholeNumber(port),
    lifetimes: lifetimes.toSorted((one, other) => one - other),
    faultDelay,
  };
}

/** NaN for anything else. */
function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}

function wrong(name: string, value: string | undefined, expected: string): OptionError {
  return new OptionError(`${name} is ${JSON.stringify(value)}; expected ${expected}`);
}
