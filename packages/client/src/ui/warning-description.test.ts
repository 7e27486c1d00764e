import { describe, expect, test } from "vitest";
import { english } from "../locales/en.ts";
import { describeWarning } from "./warning-description.ts";

const { session, actions } = english;

describe("describing the warning", () => {
  test.each(["renewable", "needsNewAccess", "notRenewable"] as const)("before the end, %s", (renewability) => {
    expect(describeWarning("expiring", renewability, 60_000, english)).toEqual({
      time: "This session ends in 1 minute.",
      countdown: "This session ends in 1:00.",
      sentence: session[renewability],
      action: renewability === "renewable" ? actions.renew : undefined,
      busy: false,
    });
  });

  test("asks whether the user is still there", () => {
    expect(describeWarning("inactive", "notRenewable", 45_000, english)).toEqual({
      time: "Still there? This console closes in 45 seconds unless you use it.",
      countdown: "Still there? This console closes in 0:45 unless you use it.",
      sentence: "",
      action: "I’m still here",
      busy: false,
    });
  });

  test("disables the button while a renewal is in progress", () => {
    expect(describeWarning("renewing", "renewable", 1000, english)).toMatchObject({
      action: session.renewing,
      busy: true,
    });
  });

  test("offers to try again after a failed renewal", () => {
    expect(describeWarning("renew-failed", "renewable", 1000, english)).toMatchObject({
      sentence: session.renewFailed,
      action: actions.tryAgain,
      busy: false,
    });
  });

  test("tells the new end after a renewal, and offers nothing", () => {
    expect(describeWarning("renewed", "renewable", 60_000, english)).toEqual({
      time: "Renewed. This session now ends in 1 minute.",
      countdown: "Renewed. This session now ends in 1 minute.",
      sentence: "",
      action: undefined,
      busy: false,
    });
    expect(describeWarning("renewed", "renewable", null, english).time).toBe(session.renewedForGood);
  });
});
