import { describe, expect, test } from "vitest";
import type { CloseInfo, CloseReason } from "../connection/model/close-info.ts";
import { CLOSE_REASON_TRAITS } from "../locales/close-reason-traits.ts";
import { english } from "../locales/en.ts";
import { describeClose, describeReconnecting } from "./close-description.ts";

const info = (reason: CloseReason, more: Partial<CloseInfo> = {}): CloseInfo => ({
  reason,
  action: "stop",
  code: 4321,
  wasConnected: true,
  ...more,
});

describe("describing an end", () => {
  test("offers to open again with a new token if the page can get one", () => {
    expect(describeClose(info("session_expired", { code: 4100, detail: "over" }), english, true)).toEqual({
      tone: "calm",
      step: "new-access",
      timedOut: true,
      title: english.closeReasons.session_expired.title,
      sentence: english.closeReasons.session_expired.sentence,
      message: undefined,
      advice: undefined,
      action: english.closeReasons.session_expired.next,
      code: "session_expired · 4100",
      detail: "over",
    });
  });

  test("has the operator's words where there are any", () => {
    expect(describeClose(info("session_terminated", { message: "Sorry" }), english, true)).toMatchObject({
      step: "reopen",
      message: "Sorry",
    });
  });

  test("tells the user to get new access if the page cannot", () => {
    expect(describeClose(info("session_expired"), english, false)).toMatchObject({
      advice: english.advice.newAccess,
      action: undefined,
    });
  });

  test("advises to ask the operator, and still has an action", () => {
    for (const canAuthorize of [true, false]) {
      expect(describeClose(info("forbidden"), english, canAuthorize)).toMatchObject({
        tone: "problem",
        step: "operator",
        advice: english.advice.operator,
        action: english.closeReasons.forbidden.next,
      });
    }
  });

  test("offers and advises nothing if the machine is gone", () => {
    for (const canAuthorize of [true, false]) {
      const { step, action, advice } = describeClose(info("instance_deleted"), english, canAuthorize);
      expect({ step, action, advice }).toEqual({ step: "none", action: undefined, advice: undefined });
    }
  });

  test("sends only users without access back to where they got the link", () => {
    const reasons = Object.keys(CLOSE_REASON_TRAITS) as CloseReason[];
    const sent = reasons.filter(
      (reason) => describeClose(info(reason), english, false).advice === english.advice.newAccess,
    );
    expect(sent).toEqual([
      "session_expired",
      "token_expired",
      "token_invalid",
      "console_moved",
      "server_refused",
      "access_expired",
      "authorize_failed",
    ]);
  });

  const others = (Object.keys(CLOSE_REASON_TRAITS) as CloseReason[]).filter((reason) => reason !== "instance_deleted");
  test.each(others)("%s has an action or an advice", (reason) => {
    for (const canAuthorize of [true, false]) {
      const { action, advice } = describeClose(info(reason), english, canAuthorize);
      expect(action ?? advice).toBeTruthy();
    }
  });
});

describe("describing a reconnection", () => {
  test("says that the machine is not affected only where that is known", () => {
    const sentence = (reason: CloseReason): string => describeReconnecting(info(reason), english);
    expect(sentence("connection_lost")).toBe("The page connects again by itself. The machine is not affected.");
    for (const reason of ["target_closed", "target_unreachable", "target_timeout", "server_refused"] as const) {
      expect(sentence(reason)).toBe("The page connects again by itself.");
    }
  });
});
