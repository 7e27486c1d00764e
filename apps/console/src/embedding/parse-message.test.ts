import { describe, expect, test } from "vitest";
import { parseParentMessage } from "./parse-message.ts";

describe("a message from the embedding page", () => {
  test.each([{ type: "focus" }, { type: "can-renew" }, { type: "close" }, { type: "renew", token: "abc" }])(
    "%j is accepted",
    (message) => {
      expect(parseParentMessage({ curfew: 1, ...message })).toEqual({ curfew: 1, ...message });
    },
  );

  test("drops unknown fields", () => {
    expect(parseParentMessage({ curfew: 1, type: "focus", token: "abc" })).toEqual({ curfew: 1, type: "focus" });
  });

  test.each([null, "curfew", 1, undefined, {}, { type: "focus" }, []])("%j is ignored", (data) => {
    expect(parseParentMessage(data)).toBeUndefined();
  });

  test.each([
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

  test("is never quoted where it may hold a token", () => {
    expect(() => parseParentMessage({ curfew: 1, type: "renew", token: "se\ncret" })).not.toThrow(/secret|se\ncret/);
    expect(() => parseParentMessage({ curfew: 1, type: "renew", token: "se\ncret" })).toThrow("other text");
  });
});
