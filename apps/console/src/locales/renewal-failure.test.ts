import { ConsoleError, type ConsoleErrorCode } from "@curfew/client";
import { beforeAll, expect, test } from "vitest";
import { loadTexts } from "./load-texts.ts";
import { renewalFailureSentence } from "./renewal-failure.ts";
import { setTexts } from "./texts.ts";

beforeAll(async () => {
  setTexts(await loadTexts(["de"]));
});

test.each([
  ["renew_failed", "Der neue Zugang wurde nicht akzeptiert."],
  ["timeout", "Das Gateway hat nicht geantwortet."],
  ["not_connected", ""],
] satisfies [ConsoleErrorCode, string][])(
  "says %s in the page's language, without the English detail",
  (code, sentence) => {
    expect(renewalFailureSentence(new ConsoleError(code, "the token is for another console"))).toBe(sentence);
  },
);

test("uses the sentence of the page's own request", () => {
  const cause = new Error("Sie sind nicht mehr angemeldet.");
  expect(renewalFailureSentence(new ConsoleError("renew_failed", "the renew callback failed", { cause }))).toBe(
    cause.message,
  );
});
