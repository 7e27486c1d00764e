import { expect, test } from "vitest";
import { type ComparedLimits, describeVoidLimits } from "./void-limits.ts";

const NONE: ComparedLimits = {
  sessions: {
    max: null,
    max_per_client: null,
    max_per_token: 16,
    max_per_instance: null,
    max_per_user: null,
    on_limit: "refuse",
    max_duration: null,
    idle_timeout: null,
  },
  connections: {
    max: null,
    max_per_client: null,
    max_unauthenticated: null,
    max_unauthenticated_per_client: null,
    unauthenticated_timeout: 20,
  },
  workers: 1,
};

function lines(
  sessions: Partial<ComparedLimits["sessions"]>,
  connections: Partial<ComparedLimits["connections"]> = {},
  workers = 1,
): readonly string[] {
  const all = {
    sessions: { ...NONE.sessions, ...sessions },
    connections: { ...NONE.connections, ...connections },
    workers,
  };
  return describeVoidLimits(all, 1000);
}

test.each<[Parameters<typeof lines>, string]>([
  [[{ max: 5, max_per_client: 6 }], "sessions.max_per_client: 6 never applies, because sessions.max is 5"],
  [[{ max: 5, max_per_token: 6 }], "sessions.max_per_token: 6 never applies, because sessions.max is 5"],
  [[{ max: 5, max_per_instance: 6 }], "sessions.max_per_instance: 6 never applies, because sessions.max is 5"],
  [[{ max: 5 }, { max: 4 }], "sessions.max: 5 never applies, because connections.max is 4"],
  [[{ max: 9 }, { max: 4 }, 2], "sessions.max: 9 never applies, because connections.max of 2 workers together is 8"],
  [[{ max_per_client: 501 }], "sessions.max_per_client: 501 never applies, because connections.max_per_client is 500"],
  [
    [{ max_duration: 60, idle_timeout: 61 }],
    "sessions.idle_timeout: 61 never applies, because sessions.max_duration is 60",
  ],
  [[{}, { max_per_client: 1001 }], "connections.max_per_client: 1001 never applies, because connections.max is 1000"],
  [
    [{}, { max: 50, max_unauthenticated: 51 }],
    "connections.max_unauthenticated: 51 never applies, because connections.max is 50",
  ],
  [
    [{}, { max_unauthenticated: 50, max_unauthenticated_per_client: 51 }],
    "connections.max_unauthenticated_per_client: 51 never applies, because connections.max_unauthenticated is 50",
  ],
  [
    [{}, { max_per_client: 50, max_unauthenticated_per_client: 51 }],
    "connections.max_unauthenticated_per_client: 51 never applies, because connections.max_per_client is 50",
  ],
  [
    [{ on_limit: "replace" }],
    "sessions.on_limit: replace never applies, because neither sessions.max_per_instance nor sessions.max_per_user is set",
  ],
  [
    [{ on_limit: "ask" }],
    "sessions.on_limit: ask never applies, because neither sessions.max_per_instance nor sessions.max_per_user is set",
  ],
])("%j: a limit that never applies is named with the one that is reached first", (configured, line) => {
  expect(lines(...configured)).toEqual([line]);
});

test("limits that apply, are equal, or are only the default have no line", () => {
  expect(lines({})).toEqual([]);
  expect(lines({ max: 5 })).toEqual([]);
  expect(lines({ max: 5, max_per_client: 5, max_per_instance: 5 }, { max: 5, max_per_client: 5 })).toEqual([]);
  expect(lines({ max: 1000, max_per_client: 10, max_per_instance: 2, on_limit: "replace" })).toEqual([]);
  expect(lines({ max: 8 }, { max: 4 }, 2)).toEqual([]);
});
