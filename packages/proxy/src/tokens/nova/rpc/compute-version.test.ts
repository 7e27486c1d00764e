import { expect, test } from "vitest";
import { ComputeVersion } from "./compute-version.ts";
import type { Row } from "../../../database/driver.ts";

const SIGNAL = new AbortController().signal;

/** Answers with these, one after the other. */
function versions(rememberMs: number, ...answers: readonly (Row | Error | undefined)[]) {
  let queries = 0;
  const query = async (): Promise<readonly Row[]> => {
    const answer = answers[queries];
    queries += 1;
    if (answer instanceof Error) throw answer;
    return answer === undefined ? [] : [answer];
  };
  const version = new ComputeVersion({ query }, rememberMs);
  return { version, queries: () => queries };
}

test("one query answers the lookups of a minute, and then another one", async () => {
  const { version, queries } = versions(60_000, { version: 67 });
  expect(await Promise.all([version.current(SIGNAL), version.current(SIGNAL)])).toEqual([67, 67]);
  expect(await version.current(SIGNAL)).toBe(67);
  expect(queries()).toBe(1);
  const forgetful = versions(0, { version: "67" }, { version: 71 });
  expect(await forgetful.version.current(SIGNAL)).toBe(67);
  expect(await forgetful.version.current(SIGNAL)).toBe(71);
});

test("without services there is no version, and nonsense is none", async () => {
  expect(await versions(0, { version: null }).version.current(SIGNAL)).toBeUndefined();
  expect(await versions(0, undefined).version.current(SIGNAL)).toBeUndefined();
  await expect(versions(0, { version: "six" }).version.current(SIGNAL)).rejects.toThrow(
    "services.version: expected a whole number",
  );
});

test("a failure is not remembered, and a lookup that is over does not wait", async () => {
  const { version } = versions(60_000, new Error("away"), { version: 67 });
  await expect(version.current(SIGNAL)).rejects.toThrow("away");
  expect(await version.current(SIGNAL)).toBe(67);
  await expect(version.current(AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
});
