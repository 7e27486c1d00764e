import { CloseCode, type ServerCloseReason } from "@curfew/protocol";
import { describe, expect, test } from "vitest";
import { closeInfoOf } from "./close-event.ts";
import type { SocketState } from "./types.ts";

const socket: SocketState = {
  opened: true,
  knownEnd: undefined,
  hasOutput: true,
  controlled: true,
  greeted: true,
  viewerReady: false,
  asksUser: false,
  connectedAt: 0,
  session: undefined,
  wallEnd: undefined,
  bye: undefined,
  ping: undefined,
  renewal: undefined,
  nextId: 1,
  takeoverId: undefined,
};

describe("the ending of a close event", () => {
  test.each(Object.entries(CloseCode))("%s (%i) keeps its name and its action", (reason, code) => {
    const actions = { 40: "stop", 41: "authorize", 42: "retry" } as Record<number, string>;
    expect(closeInfoOf(code, reason, socket)).toEqual({
      reason,
      code,
      action: actions[Math.floor(code / 100)],
      wasConnected: true,
    });
  });

  test.each<[number, string, string]>([
    [4199, "unknown", "authorize"],
    [4250, "unknown", "retry"],
    [4700, "unknown", "stop"],
    [1002, "unknown", "stop"],
    [1006, "connection_lost", "retry"],
    [1000, "connection_lost", "retry"],
    [1012, "connection_lost", "retry"],
  ])("code %i is %s, to %s", (code, reason, action) => {
    expect(closeInfoOf(code, "", socket)).toMatchObject({ reason, action, code });
  });

  test("before the socket opened is connect_failed", () => {
    expect(closeInfoOf(1006, "", { ...socket, opened: false }).reason).toBe("connect_failed");
  });

  test("counts bye and a close frame that was eaten as the reason of bye", () => {
    const bye = { reason: "session_expired" as ServerCloseReason, detail: "over" };
    expect(closeInfoOf(1006, "", { ...socket, bye })).toEqual({
      reason: "session_expired",
      action: "authorize",
      code: 1006,
      detail: "over",
      wasConnected: true,
    });
  });

  test("keeps the action of a newer gateway's code when bye was not understood", () => {
    const bye = { reason: "internal_error" as ServerCloseReason };
    expect(closeInfoOf(4050, "new_reason", { ...socket, bye })).toMatchObject({ reason: "unknown", action: "stop" });
  });

  test("gives the text of the close frame only where it says more than the reason", () => {
    expect(closeInfoOf(4004, "target_not_found", socket)).not.toHaveProperty("detail");
    expect(closeInfoOf(1008, "no more", socket).detail).toBe("no more");
  });
});
