import type { CloseInfo, ConsoleState, SessionInfo } from "@curfew/client";
import { describe, expect, test } from "vitest";
import { isOpen, pageStatus, type PageFacts, type PageStatus } from "./page-status.ts";

const calm: PageFacts = { signIn: undefined, renewFailed: false };
const session: SessionInfo = { id: "s", expiresAt: 1, expiring: false, renewable: true, renewing: false };
const cause: CloseInfo = { reason: "connection_lost", action: "retry", code: 1006, wasConnected: true };

function connected(change: Partial<SessionInfo>): ConsoleState {
  return { status: "connected", session: { ...session, ...change } };
}

describe("the page's status", () => {
  test.each<[string, ConsoleState, Partial<PageFacts>, PageStatus]>([
    ["connecting before anything happened", { status: "idle" }, {}, "connecting"],
    ["connecting", { status: "connecting", attempt: 1 }, {}, "connecting"],
    ["asking for a password", { status: "connecting", attempt: 1 }, { signIn: "credentials" }, "credentials"],
    ["connected", connected({}), {}, "connected"],
    ["connected to a server without control messages", { status: "connected", session: null }, {}, "connected"],
    ["expiring", connected({ expiring: true }), {}, "expiring"],
    ["renewing", connected({ expiring: true, renewing: true }), { renewFailed: true }, "renewing"],
    ["renew-failed", connected({ expiring: true }), { renewFailed: true }, "renew-failed"],
    ["reconnecting", { status: "reconnecting", attempt: 2, retryAt: 1, retryInMs: 1, cause }, {}, "reconnecting"],
    ["ended", { status: "closed", cause }, { renewFailed: true }, "ended"],
  ])("is right: %s", (_name, state, facts, expected) => {
    expect(pageStatus(state, { ...calm, ...facts })).toBe(expected);
  });

  test("is open exactly while the console takes input", () => {
    const open: PageStatus[] = ["connected", "expiring", "renewing", "renew-failed"];
    const shut: PageStatus[] = ["refused", "no-token", "connecting", "credentials", "reconnecting", "ended"];
    expect(open.every((status) => isOpen(status))).toBe(true);
    expect(shut.some((status) => isOpen(status))).toBe(false);
  });
});
