import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LANGUAGES, LANGUAGE_NAMES, messagesFor } from "../src/locales/index.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const { exports } = JSON.parse(read("../package.json")) as { exports: Record<string, Record<string, string>> };

// The compiler requires a loader and, in the console page, texts for every language.
test.each(LANGUAGES)("%s has an entry point with its own messages, and is in the README", async (language) => {
  const name = language.toLowerCase();
  expect(exports[`./messages/${name}`]?.["@curfew/source"]).toBe(`./src/locales/${name}.ts`);
  expect((await messagesFor(language)).language).toBe(language);
  const english = new Intl.DisplayNames("en", { type: "language" }).of(language);
  expect(read("../README.md")).toContain(english);
});

test("the entry points have no other languages, and every language has its own name", () => {
  const entries = Object.keys(exports).flatMap((path) => /^\.\/messages\/(.+)/.exec(path)?.[1] ?? []);
  expect(entries.toSorted()).toEqual(LANGUAGES.map((language) => language.toLowerCase()).toSorted());
  for (const language of LANGUAGES) {
    const own = new Intl.DisplayNames(language, { type: "language" }).of(language)?.toLowerCase();
    expect(LANGUAGE_NAMES[language].toLowerCase()).toBe(own);
  }
});
