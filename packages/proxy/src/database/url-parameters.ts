import { timerDelay } from "../time/delay.ts";

/** Reads the parameters of a database URL, and keeps account of those that nothing has asked for. */
export class UrlParameters {
  readonly #values: Map<string, string>;

  /** Of a name that is there twice, the last value counts. */
  constructor(query: URLSearchParams) {
    this.#values = new Map(query);
  }

  /** The value of a parameter; undefined when it is absent or empty. */
  take(name: string): string | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value === "" ? undefined : value;
  }

  /** A number of seconds, in milliseconds. 0 and less stand for no limit. */
  takeSeconds(name: string): number | undefined {
    const text = this.take(name);
    if (text === undefined) return undefined;
    const ms = Number(text) * 1000;
    if (Number.isNaN(ms)) throw unexpected(name, "a number of seconds", text);
    return ms <= 0 ? undefined : timerDelay(ms);
  }

  takeFlag(name: string): boolean | undefined {
    const text = this.take(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (/^(?:true|1|yes|on)$/.test(text)) return true;
    if (/^(?:false|0|no|off)$/.test(text)) return false;
    throw unexpected(name, "true or false", text);
  }

  takeOneOf<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.take(name);
    const choice = choices.find((each) => each === text?.toLowerCase());
    if (text !== undefined && choice === undefined) throw unexpected(name, choices.join(", "), text);
    return choice;
  }

  /**
   * @param ignored - names of parameters that may be there, and change nothing.
   * @throws TypeError that names a parameter which nothing has asked for: it could restrict TLS, for example.
   */
  refuseOthers(ignored: readonly string[]): void {
    const other = [...this.#values.keys()].find((name) => !ignored.includes(name));
    if (other !== undefined) throw new TypeError(`the database URL has the parameter ${other}, which is not supported`);
  }
}

function unexpected(name: string, expected: string, found: string): TypeError {
  return new TypeError(`${name} in the database URL: expected ${expected}, but got ${JSON.stringify(found)}`);
}
