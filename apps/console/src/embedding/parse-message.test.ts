import { describe, expect, it } from "vitest";
import { parseParentMessage } from "./parse-message.ts";

describe("a message of the page around this one", () => {
  it.each([{ type: "focus" }, { type: "can-renew" }, { type: "close" }, { type: "renew", token: "abc" }])(
    "%j is taken",
    (message) => {
      expect(parseParentMessage({ curfew: 1, ...message })).toEqual({ curfew: 1, ...message });
    },
  );

  it("keeps nothing that was not asked for", () => {
    expect(parseParentMessage({ curfew: 1, type: "focus", token: "abc" })).toEqual({ curfew: 1, type: "focus" });
  });

  it.each([null, "curfew", 1, undefined, {}, { type: "focus" }, []])("%j is somebody else's", (data) => {
    expect(parseParentMessage(data)).toBeNull();
  });

  it.each([
    [{ curfew: 2, type: "focus" }, "curfew: expected 1, but got 2"],
    [{ curfew: 1 }, 'type: expected "focus", "can-renew", "renew" or "close", but got undefined'],
    [{ curfew: 1, type: "reboot" }, 'but got "reboot"'],
    [{ curfew: 1, type: { a: 1 } }, "but got an object"],
    [{ curfew: 1, type: "renew" }, "token: expected a token as text, but got undefined"],
    [{ curfew: 1, type: "renew", token: 7 }, "token: expected a token as text, but got 7"],
    [{ curfew: 1, type: "renew", token: "" }, "token: expected a token as text, but got other text"],
  ])("%j is refused: %s", (data, problem) => {
    expect(() => parseParentMessage(data)).toThrow(problem);
  });

  it("is never quoted where it holds what may be a token", () => {
    expect(() => parseParentMessage({ curfew: 1, type: "renew", token: "se\ncret" })).not.toThrow(/secret|se\ncret/);
    expect(() => parseParentMessage({ curfew: 1, type: "renew", token: "se\ncret" })).toThrow("other text");
  });
});
