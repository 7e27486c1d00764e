import { CloseCode, type ServerCloseReason } from "@curfew/protocol";
import { describe, expect, it } from "vitest";
import { endingOfClose } from "./ending.ts";
import type { Link } from "./types.ts";

const link: Link = {
  opened: true,
  controlled: true,
  greeted: true,
  viewerReady: false,
  connectedAt: 0,
  session: null,
  bye: null,
  ping: null,
  renewal: null,
  nextId: 1,
};

describe("the ending of a close event", () => {
  it.each(Object.entries(CloseCode))("%s (%i) keeps its name and its action", (reason, code) => {
    const actions = { 40: "stop", 41: "authorize", 42: "retry" } as Record<number, string>;
    expect(endingOfClose(code, reason, link)).toEqual({
      reason,
      code,
      action: actions[Math.floor(code / 100)],
      wasConnected: true,
    });
  });

  it.each<[number, string, string]>([
    [4199, "unknown", "authorize"],
    [4250, "unknown", "retry"],
    [4700, "unknown", "stop"],
    [1002, "unknown", "stop"],
    [1006, "connection_lost", "retry"],
    [1000, "connection_lost", "retry"],
    [1012, "connection_lost", "retry"],
  ])("code %i is %s, to %s", (code, reason, action) => {
    expect(endingOfClose(code, "", link)).toMatchObject({ reason, action, code });
  });

  it("before the socket opened is connect_failed", () => {
    expect(endingOfClose(1006, "", { ...link, opened: false }).reason).toBe("connect_failed");
  });

  it("counts bye and a close frame that was eaten as the reason of bye", () => {
    const bye = { reason: "session_expired" as ServerCloseReason, detail: "over" };
    expect(endingOfClose(1006, "", { ...link, bye })).toEqual({
      reason: "session_expired",
      action: "authorize",
      code: 1006,
      detail: "over",
      wasConnected: true,
    });
  });

  it("keeps the action of a newer gateway's code when bye was not understood", () => {
    const bye = { reason: "internal_error" as ServerCloseReason };
    expect(endingOfClose(4050, "new_reason", { ...link, bye })).toMatchObject({ reason: "unknown", action: "stop" });
  });

  it("gives the text of the close frame only where it says more than the reason", () => {
    expect(endingOfClose(4004, "target_not_found", link)).not.toHaveProperty("detail");
    expect(endingOfClose(1008, "no more", link).detail).toBe("no more");
  });
});
