import { expect, test } from "vitest";
import { sessionsThatFit } from "../machine/open-files.ts";
import { longestDelayMs } from "./deadlines.ts";

test("the longest event-loop delay is that of the worst worker", () => {
  const metrics = `# HELP curfew_event_loop_delay_max_seconds How late.
curfew_event_loop_delay_max_seconds{worker="1"} 0.0625
curfew_event_loop_delay_max_seconds{worker="2"} 0.25
curfew_sessions_active 7
`;
  expect(longestDelayMs(metrics)).toBe(250);
});

test("metrics without an event-loop delay yield no figure", () => {
  expect(longestDelayMs("curfew_sessions_active 7\n")).toBeUndefined();
});

test("the number of sessions is limited by the open files, two sockets each", () => {
  expect(sessionsThatFit(500, 20_000)).toBe(500);
  expect(sessionsThatFit(10_000, 20_000)).toBe(9_900);
  expect(sessionsThatFit(10_000, Infinity)).toBe(10_000);
});
