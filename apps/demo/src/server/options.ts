/** Options, which are set with environment variables. */
export interface DemoOptions {
  /** The port of the dashboard; undefined for the default port. */
  readonly port: number | undefined;
  /** The lifetimes that the dashboard offers, in seconds, shortest first. */
  readonly lifetimes: readonly number[];
  /** Seconds until a scripted fault takes effect. */
  readonly faultDelay: number;
}

const DEFAULT_LIFETIMES = "20,90,300,1800";
const DEFAULT_FAULT_DELAY = "3";
/** The longest lifetime, in seconds. */
const MAX_LIFETIME = 86_400;

/** An environment variable has an invalid value. */
class OptionError extends Error {}

/** Exits with status 1 if a variable is invalid, and says which. */
export function optionsOrExit(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  try {
    return readOptions(env);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

/** @throws OptionError with the variable, its value and what was expected */
function readOptions(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  const port = env["PORT"];
  if (port !== undefined && !(wholeNumber(port) <= 65_535)) throw invalid("PORT", port, "a port from 0 to 65535");

  const list = env["CURFEW_DEMO_LIFETIMES"] ?? DEFAULT_LIFETIMES;
  const lifetimes = [...new Set(list.split(",").map(wholeNumber))];
  if (!lifetimes.every((seconds) => seconds >= 2 && seconds <= MAX_LIFETIME))
    throw invalid(
      "CURFEW_DEMO_LIFETIMES",
      list,
      `whole seconds from 2 to ${MAX_LIFETIME}, separated by commas, such as ${DEFAULT_LIFETIMES}`,
    );

  const delay = env["CURFEW_DEMO_FAULT_DELAY"] ?? DEFAULT_FAULT_DELAY;
  const faultDelay = Number(delay);
  if (!(faultDelay >= 0.5 && faultDelay <= 60))
    throw invalid("CURFEW_DEMO_FAULT_DELAY", delay, `seconds from 0.5 to 60, such as ${DEFAULT_FAULT_DELAY}`);

  return {
    port: port === undefined ? undefined : wholeNumber(port),
    lifetimes: lifetimes.toSorted((one, other) => one - other),
    faultDelay,
  };
}

/** Parses a whole number; NaN for other text. */
function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}

function invalid(name: string, value: string | undefined, expected: string): OptionError {
  return new OptionError(`${name} is ${JSON.stringify(value)}; expected ${expected}`);
}
