import { describe, expect, test } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { HealthChecks } from "./health.ts";
import type { TokenSource } from "../tokens/source.ts";

const FAST = { checkMs: 20, rememberMs: 0 };

/** A source whose health the test decides. */
function sourceWith(health: NonNullable<TokenSource["health"]>): TokenSource {
  return { resolve: async () => undefined, health };
}

function make(sources: Readonly<Record<string, TokenSource>>, times = FAST): { health: HealthChecks; lines: string[] } {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  const parts = Object.entries(sources).map(([name, source]) => ({ name, source }));
  return { health: new HealthChecks(() => parts, log, times), lines };
}

test("what rejects is named, in order; what has no health check counts as ready", async () => {
  const { health } = make({
    fine: sourceWith(async () => {}),
    away: sourceWith(async () => Promise.reject(new Error("away"))),
    plain: { resolve: async () => undefined },
    broken: sourceWith(() => {
      throw new Error("broken");
    }),
  });
  expect(await health.unready()).toEqual(["away", "broken"]);
});

test("a check that hangs counts as not ready after its time, and is aborted", async () => {
  let given: AbortSignal | undefined;
  const { health } = make({
    hung: sourceWith(async (signal) => {
      given = signal;
      await new Promise(() => {});
    }),
  });
  expect(await health.unready()).toEqual(["hung"]);
  expect(given?.aborted).toBe(true);
});

test("the answer is remembered for a while, and many requests at the same time ask once", async () => {
  let checks = 0;
  const count = sourceWith(async () => {
    checks += 1;
    await new Promise(setImmediate);
  });
  const remembering = make({ count }, { checkMs: 1000, rememberMs: 3_600_000 }).health;
  await Promise.all([remembering.unready(), remembering.unready()]);
  await remembering.unready();
  expect(checks).toBe(1);
  const forgetting = make({ count }).health;
  await forgetting.unready();
  await expect.poll(async () => (await forgetting.unready(), checks)).toBeGreaterThan(2);
});

test("the log tells each change once, with the cause", async () => {
  let isAway = true;
  const { health, lines } = make({
    away: sourceWith(async () => {
      if (isAway) throw new Error("connection refused");
    }),
  });
  await health.unready();
  await expect.poll(async () => await health.unready()).toEqual(["away"]);
  isAway = false;
  await expect.poll(async () => await health.unready()).toEqual([]);
  await health.unready();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: "warn", name: "away", msg: "not ready", err: { message: "connection refused" } },
    { level: "info", name: "away", msg: "ready again" },
  ]);
});

describe("an error that cannot be logged", () => {
  function deepCause(): Error {
    let error = new Error("the innermost");
    for (let depth = 0; depth < 30_000; depth += 1) error = new Error("outer", { cause: error });
    return error;
  }

  function revokedProxy(): object {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }

  test.each<[string, () => unknown]>([
    [
      "with a getter that throws",
      () =>
        Object.defineProperty(new Error("down"), "detail", {
          enumerable: true,
          get: () => {
            throw new TypeError("lazy");
          },
        }),
    ],
    ["that is a revoked proxy", revokedProxy],
    ["with a very long chain of causes", deepCause],
  ])("%s counts as not ready like any other, and ends with the fault", async (_what, makeError) => {
    let isAway = true;
    const { health, lines } = make({
      away: sourceWith(async () => {
        if (isAway) throw makeError();
      }),
    });
    expect(await health.unready()).toEqual(["away"]);
    isAway = false;
    await expect.poll(async () => await health.unready()).toEqual([]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: "warn", name: "away", msg: "not ready", err: { message: "the error cannot be logged" } },
      { level: "info", name: "away", msg: "ready again" },
    ]);
  });
});
