import { tokenSubprotocol } from "@curfew/protocol";
import { describe, expect, test } from "vitest";
import { Log, redact } from "./log.ts";

describe("redact", () => {
  test.each([
    ["failed: wss://gateway/ws?token=abc#x !", "failed: wss://gateway/ws?[redacted] !"],
    [`offered ${tokenSubprotocol("abc")},binary`, "offered curfew.token.[redacted],binary"],
    ["/vnc.html?path=&token=abc&x=1", "/vnc.html?path=&token=[redacted]&x=1"],
    ["the secret s3cr3t is out", "the secret [redacted] is out"],
  ])("%j", (text, clean) => {
    expect(redact(text, ["s3cr3t"])).toBe(clean);
  });
});

describe("Log", () => {
  test("redacts the secrets of the last four calls only", () => {
    const log = new Log(() => {});
    for (let call = 1; call <= 5; call += 1) log.rememberSecrets(`secret-${call}`, `another-${call}`, "word");
    expect(log.redact("secret-1 another-1 secret-2 another-2 secret-5 word")).toBe(
      "secret-1 another-1 [redacted] [redacted] [redacted] word",
    );
  });
});
