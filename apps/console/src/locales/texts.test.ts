import { LANGUAGES } from "@curfew/client/messages";
import { describe, expect, test } from "vitest";
import { loadTexts } from "./load-texts.ts";

/** The texts of the page and of the SDK's toolbar by path, such as `cards.attempt`. */
function textsByPath(table: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(table) as [string, string | object][]) {
    if (typeof value === "string") found.set(path + key, value);
    else if (path !== "" || key !== "sdk")
      for (const entry of textsByPath(value, `${path}${key}.`)) found.set(...entry);
  }
  return found;
}

const placeholders = (text: string | undefined): string[] => (text?.match(/\{\w*\}/g) ?? []).toSorted();
const inEnglish = textsByPath(await loadTexts(["en"]));

describe.each(LANGUAGES)("the page's texts in %s", (language) => {
  test("have the keys of the English ones, in the same order, beside the SDK's texts", async () => {
    const texts = await loadTexts([language]);
    expect(texts.sdk.language).toBe(language);
    expect([...textsByPath(texts).keys()]).toEqual([...inEnglish.keys()]);
  });

  test("have the placeholders of the English ones", async () => {
    for (const [key, text] of textsByPath(await loadTexts([language]))) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(inEnglish.get(key))]);
    }
  });

  test("are not empty, have no space at either end, and end sentences as the English ones do", async () => {
    for (const [key, text] of textsByPath(await loadTexts([language]))) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
      expect(/[.。]$/.test(text), key).toBe(inEnglish.get(key)?.endsWith("."));
    }
  });
});

test.each(LANGUAGES.filter((language) => language !== "en"))("sentences are translated into %s", async (language) => {
  const sentences = [...textsByPath(await loadTexts([language]))].filter(([, text]) => /[.。]$/.test(text));
  for (const [key, text] of sentences) expect(text, key).not.toBe(inEnglish.get(key));
});

test("the first language that the page has is used, else English", async () => {
  expect((await loadTexts(["xx", "fr-CA", "de"])).sdk.language).toBe("fr");
  expect((await loadTexts(["not a tag"])).sdk.language).toBe("en");
});
