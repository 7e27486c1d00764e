import { expect, test } from "vitest";
import { createLimits } from "./limits.ts";
import type { TakeoverAnswer } from "./takeover.ts";

const OPTIONS = {
  max: null,
  max_per_client: null,
  max_per_token: null,
  max_per_instance: 1,
  max_per_user: null,
  on_limit: "ask",
} as const;

test("a session that leaves in the moment in which the user allows it replaces no one", async () => {
  const answer = Promise.withResolvers<TakeoverAnswer>();
  const replaced: string[] = [];
  const refused: string[] = [];
  const limits = createLimits(OPTIONS, {
    refused: (limit) => refused.push(limit),
    replace: (session) => replaced.push(session),
    ask: async () => await answer.promise,
  });
  const request = { client: "192.0.2.1", token: "t", instance: "vm-1", user: undefined };
  const ignore = (): void => {};
  await limits.acquire({ ...request, session: "present" }, new AbortController().signal, ignore);
  const next = new AbortController();
  const acquiring = limits.acquire({ ...request, session: "next" }, next.signal, ignore);
  answer.resolve("allowed");
  next.abort();
  await expect(acquiring).rejects.toMatchObject({ reason: "server_busy" });
  expect([replaced, refused]).toEqual([[], []]);
});
