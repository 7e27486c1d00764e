import { expect, test } from "vitest";
import type { Check, ObservableCheck } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import type { ConsoleWriter } from "./console-rows/writer.ts";
import type { LabOptions } from "./lab/lab.ts";
import { runCheck, runChecks } from "./run.ts";
import { NEEDS, type Subject } from "./subject.ts";

const WRITER: ConsoleWriter = {
  issue: async (row) => ({ ...row, token: "t", instance: "i" }),
  deleteToken: async () => {},
  deleteInstance: async () => {},
  close: async () => {},
};

function options(subject: Partial<Subject> = {}): LabOptions {
  return {
    subject: { service: "novnc", url: "http://127.0.0.1:1", enforces: false, ...subject },
    writer: WRITER,
    targetHost: "127.0.0.1",
    latenessMs: 500,
    tokenSeconds: 3,
    checkMs: 1000,
  };
}

function check(run: ObservableCheck["run"], rest: Partial<ObservableCheck> = {}): Check {
  return { id: "B0", title: "Does", nova: "does", novaPasses: true, services: ["novnc"], run, ...rest };
}

test("a check passes, or fails with what it says", async () => {
  expect(
    await runCheck(
      check(async () => {}),
      options(),
    ),
  ).toMatchObject({ outcome: "pass", reason: undefined });
  const failing = check(async () => {
    throw new Error("too late");
  });
  expect(await runCheck(failing, options())).toMatchObject({ outcome: "fail", reason: "too late" });
});

test("what a check has made is closed at its end", async () => {
  let closed = 0;
  await runCheck(
    check(async (lab) => lab.closeLater(() => (closed += 1))),
    options(),
  );
  expect(closed).toBe(1);
});

test("a check is skipped, with the reason, where the proxy is another one, is not configured for it, or cannot show it", async () => {
  const never = async (): Promise<void> => {
    throw new Error("it was run");
  };
  const outcome = async (each: Check): Promise<unknown> => {
    const result = await runCheck(each, options());
    return [result.outcome, result.reason];
  };
  expect(await outcome(check(never, { services: ["serial"] }))).toEqual(["skipped", "not for nova-novncproxy"]);
  expect(await outcome(check(never, { needs: ["enforces"] }))).toEqual(["skipped", NEEDS.enforces.missing]);
  expect(await outcome({ id: "B0", title: "", nova: "", novaPasses: true, unobservable: "why" })).toEqual([
    "skipped",
    "why",
  ]);
});

test("no more checks run at a time than are allowed, and the results are in order", async () => {
  let running = 0;
  let most = 0;
  const checks = Array.from({ length: 10 }, (_, index) =>
    check(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
      { id: `B${index}` },
    ),
  );
  const results = await runChecks(checks, options(), 3);
  expect(most).toBe(3);
  expect(results.map((result) => result.check.id)).toEqual(checks.map(({ id }) => id));
});

test("ids are unique, and every known fault of Nova has a check", () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (let number = 1; number <= 19; number += 1) expect(ids).toContain(`B${number}`);
});

test("without a proxy, no check passes but those of refusals", async () => {
  const results = await runChecks(CHECKS, options(), CHECKS.length);
  const passing = results.filter(({ outcome }) => outcome === "pass").map(({ check: { id } }) => id);
  // Where nothing opens, everything is refused.
  const refusals = /invalid|not_found|case|origin|before_cookie|B13|console_type|bypass|target_refuses/;
  expect(passing.filter((id) => !refusals.test(id))).toEqual([]);
});
