import { globSync } from "node:fs";

/** Gives a process another time: https://github.com/wolfcw/libfaketime. */
const [LIBRARY] = globSync("/usr/lib{/*,64}/faketime/libfaketime.so.1");

/** Whether processes can have clocks of their own here. */
export const HAS_CLOCKS: boolean = LIBRARY !== undefined;

/** The environment of a process whose wall clock is ahead by so many milliseconds, or behind. */
export function wrongClock(milliseconds: number): Readonly<Record<string, string>> {
  const seconds = `${milliseconds < 0 ? "" : "+"}${milliseconds / 1000}s`;
  return { LD_PRELOAD: LIBRARY ?? "", FAKETIME: seconds, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}
