import type { Lab } from "./lab/lab.ts";
import type { Need, Service } from "./subject.ts";

/** What both kinds of checks say. */
interface CheckText {
  /** A number of a known fault of Nova (`B5`), the name of one of Nova's unit tests, or else a name of its own. */
  readonly id: string;
  /** What a proxy does that passes: a sentence. */
  readonly title: string;
  /** What Nova's proxies do, as recorded of 2024.1 to 2026.2. */
  readonly nova: string;
  /** Whether that passes. */
  readonly novaPasses: boolean;
}

/** A check from outside. */
export interface ObservableCheck extends CheckText {
  readonly services: readonly Service[];
  /** @defaultValue nothing */
  readonly needs?: readonly Need[];
  /** Fulfils if the proxy passes. */
  readonly run: (lab: Lab) => Promise<void>;
}

/** What cannot be seen from outside. */
export interface UnobservableCheck extends CheckText {
  /** Why it is skipped. */
  readonly unobservable: string;
}

/** One requirement of a console proxy. */
export type Check = ObservableCheck | UnobservableCheck;

/** Both of Nova's proxies. */
export const BOTH: readonly Service[] = ["novnc", "serial"];
