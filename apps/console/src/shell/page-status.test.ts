import type { CloseInfo, ConsoleState } from "@curfew/client";
import { describe, expect, test } from "vitest";
import { isOpen, pageStatus, type PageFacts, type PageStatus } from "./page-status.ts";

const nothing: PageFacts = { signIn: undefined, warning: undefined };
const connected: ConsoleState = { status: "connected", session: null };
const cause: CloseInfo = { reason: "connection_lost", action: "retry", code: 1006, wasConnected: true };

describe("the page's status", () => {
  test.each<[string, ConsoleState, Partial<PageFacts>, PageStatus]>([
    ["connecting before anything happened", { status: "idle" }, {}, "connecting"],
    ["connecting", { status: "connecting", attempt: 1 }, {}, "connecting"],
    ["asking for a password", { status: "connecting", attempt: 1 }, { signIn: "credentials" }, "credentials"],
    ["connected", connected, {}, "connected"],
    ["expiring", connected, { warning: "expiring" }, "expiring"],
    ["renewing", connected, { warning: "renewing" }, "renewing"],
    ["renew-failed", connected, { warning: "renew-failed" }, "renew-failed"],
    ["connected without input", connected, { warning: "inactive" }, "connected"],
    ["connected after a renewal", connected, { warning: "renewed" }, "connected"],
    ["reconnecting", { status: "reconnecting", attempt: 2, retryAt: 1, retryInMs: 1, cause }, {}, "reconnecting"],
    ["ended", { status: "closed", cause }, {}, "ended"],
  ])("is right: %s", (_name, state, facts, expected) => {
    expect(pageStatus(state, { ...nothing, ...facts })).toBe(expected);
  });

  test("is open exactly while the console takes input", () => {
    const open: PageStatus[] = ["connected", "expiring", "renewing", "renew-failed"];
    const shut: PageStatus[] = ["refused", "no-token", "connecting", "credentials", "reconnecting", "ended"];
    expect(open.every((status) => isOpen(status))).toBe(true);
    expect(shut.some((status) => isOpen(status))).toBe(false);
  });
});
