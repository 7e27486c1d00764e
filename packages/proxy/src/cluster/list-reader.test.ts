import { expect, test } from "vitest";
import type { SessionView } from "../control/session-view.ts";
import { type AskList, readLists } from "./list-reader.ts";

function session(id: string, minutesAgo: number): SessionView {
  return { id, started_at: new Date(Date.UTC(2026, 0, 1) - minutesAgo * 60_000).toISOString() } as SessionView;
}

test("a gateway is not read for ever, of whose sessions each is older than the one before", async () => {
  let asked = 0;
  const endless: AskList = async () => {
    asked += 1;
    if (asked > 100) throw new Error("it is asked again and again");
    const sessions = [session(`${asked}`, asked)];
    return { answer: { sessions, next: `${asked}` }, unavailable: [], replaced: [] };
  };
  const other: AskList = async () => ({
    answer: { sessions: [session("other", 0)], next: undefined },
    unavailable: [],
    replaced: [],
  });
  await readLists([endless, other], { type: "list", page: { limit: 20 }, filter: {} }, 20);
  expect(asked).toBe(20);
});
