import { languages } from "@curfew/client/messages";
import { describe, expect, it } from "vitest";
import { english } from "./en.ts";
import { loadWords } from "./load-words.ts";

/** Every text of a table by its path, such as `cards.attempt`. */
function texts(table: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(table) as [string, string | object][]) {
    if (typeof value === "string") found.set(path + key, value);
    else if (path !== "" || key !== "sdk") for (const entry of texts(value, `${path}${key}.`)) found.set(...entry);
  }
  return found;
}

const placeholders = (text: string | undefined): string[] => (text?.match(/\{\w*\}/g) ?? []).toSorted();
const inEnglish = texts(english);

describe.each(languages)("the page's words in %s", (language) => {
  it("have the keys of the English ones, in the same order, beside the SDK's words", async () => {
    const words = await loadWords([language]);
    expect(words.sdk.language).toBe(language);
    expect([...texts(words).keys()]).toEqual([...inEnglish.keys()]);
  });

  it("have the placeholders of the English ones", async () => {
    for (const [key, text] of texts(await loadWords([language]))) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(inEnglish.get(key))]);
    }
  });

  it("are written out, and end sentences as the English ones do", async () => {
    for (const [key, text] of texts(await loadWords([language]))) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
      expect(/[.。]$/.test(text), key).toBe(inEnglish.get(key)?.endsWith("."));
    }
  });
});

it.each(languages.filter((language) => language !== "en"))("sentences are translated into %s", async (language) => {
  const sentences = [...texts(await loadWords([language]))].filter(([, text]) => /[.。]$/.test(text));
  for (const [key, text] of sentences) expect(text, key).not.toBe(inEnglish.get(key));
});

it("the first language that the page has is taken, else English", async () => {
  expect((await loadWords(["xx", "fr-CA", "de"])).sdk.language).toBe("fr");
  expect((await loadWords(["not a tag"])).sdk.language).toBe("en");
});
