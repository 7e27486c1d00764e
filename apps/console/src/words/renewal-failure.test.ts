import { ConsoleError, type ConsoleErrorCode } from "@curfew/client";
import { beforeAll, expect, it } from "vitest";
import { loadWords } from "./load-words.ts";
import { renewalFailureSentence } from "./renewal-failure.ts";
import { useWords } from "./words.ts";

beforeAll(async () => {
  useWords(await loadWords(["de"]));
});

it.each([
  ["renew_failed", "Der neue Zugang wurde nicht angenommen."],
  ["timeout", "Das Gateway hat nicht geantwortet."],
  ["not_connected", ""],
] satisfies [ConsoleErrorCode, string][])(
  "says %s in the page's language, without the English detail",
  (code, sentence) => {
    expect(renewalFailureSentence(new ConsoleError(code, "the token is for another console"))).toBe(sentence);
  },
);

it("has the sentence of the page's own request", () => {
  const cause = new Error("Sie sind nicht mehr angemeldet.");
  expect(renewalFailureSentence(new ConsoleError("renew_failed", "the renew callback failed", { cause }))).toBe(
    cause.message,
  );
});
