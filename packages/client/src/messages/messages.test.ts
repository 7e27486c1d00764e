import { describe, expect, expectTypeOf, it } from "vitest";
import { CloseCode } from "@curfew/protocol";
import type { CloseInfo, CloseReason } from "../close-info.ts";
import { endTraits, fill, languages, messagesFor } from "../messages.ts";
import { english } from "./en.ts";
import type { Messages, PlaceholderOf, TextWith } from "../messages.ts";

/** Every text of a table by its path, such as `states.attempt`. */
function texts(table: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(table) as [string, string | object][]) {
    if (typeof value === "string") found.set(path + key, value);
    else for (const entry of texts(value, `${path}${key}.`)) found.set(...entry);
  }
  return found;
}

const placeholders = (text: string | undefined): string[] => (text?.match(/\{\w*\}/g) ?? []).toSorted();
const inEnglish = texts(english);

describe.each(languages)("the words in %s", (language) => {
  it("have the keys of the English ones, in the same order", async () => {
    const words = await messagesFor(language);
    expect(words.language).toBe(language);
    expect([...texts(words).keys()]).toEqual([...inEnglish.keys()]);
  });

  it("have the placeholders of the English ones", async () => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(inEnglish.get(key))]);
    }
  });

  it("are written out: none is empty or padded", async () => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
    }
  });

  it("end each sentence with a full stop, and no title or label", async () => {
    const all = [...texts(await messagesFor(language))];
    const sentences = all.filter(([key]) =>
      /^advice\.|labels\.leave|\.sentence$|states\.(waiting|reconnectingByItself)$/.test(key),
    );
    const labels = all.filter(([key]) => /^actions\.|^labels\.(?!leave)|\.(title|next)$/.test(key));
    expect(sentences).toHaveLength(Object.keys(CloseCode).length + 11);
    for (const [key, text] of sentences) expect(text, key).toMatch(/[.。]$/);
    for (const [key, text] of labels) expect(text, key).not.toMatch(/[.。]$/);
  });
});

it.each(languages.filter((language) => language !== "en"))(
  "no words but names are left in English in %s",
  async (language) => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect(key.startsWith("labels.") || text !== inEnglish.get(key), key).toBe(true);
    }
  },
);

describe("the end reasons", () => {
  it("include every close code of the protocol", () => {
    expect(Object.keys(english.ends)).toEqual(expect.arrayContaining(Object.keys(CloseCode)));
    expect(Object.keys(endTraits).toSorted()).toEqual(Object.keys(english.ends).toSorted());
  });

  it("are all that CloseInfo.reason can be, and no others, for the compiler", () => {
    expectTypeOf<keyof Messages["ends"]>().toEqualTypeOf<CloseReason>();
    expectTypeOf<keyof typeof endTraits>().toEqualTypeOf<CloseInfo["reason"]>();
  });
});

describe("messagesFor", () => {
  it.each([
    ["de-AT", "de"],
    ["FR", "fr"],
    ["es-419", "es"],
    ["ja-JP", "ja"],
    ["zh", "zh-Hans"],
    ["zh-CN", "zh-Hans"],
    ["zh-Hans-HK", "zh-Hans"],
    ["en-GB", "en"],
    ["zh-TW", "en"],
    ["sw", "en"],
    ["not a tag", "en"],
    ["", "en"],
    ["constructor", "en"],
  ])("answers %o with %s", async (wanted, language) => {
    expect((await messagesFor(wanted)).language).toBe(language);
  });

  it("takes the first of several languages that it knows", async () => {
    expect((await messagesFor(["zh-TW", "??", "fr-CA", "de"])).language).toBe("fr");
    expect((await messagesFor([])).language).toBe("en");
  });
});

describe("fill", () => {
  it("puts values into placeholders, each where it stands", () => {
    expect(fill(english.states.attempt, { attempt: 3 })).toBe("Attempt 3");
    expect(fill(english.session.endsIn, { time: "1 minute" })).toBe("This session ends in 1 minute.");
    expect(fill("{a} {a}", { a: "{b}" })).toBe("{b} {b}");
  });

  it("asks the compiler for the placeholders of the text", () => {
    expectTypeOf<PlaceholderOf<Messages["session"]["endsIn"]>>().toEqualTypeOf<"time">();
    expectTypeOf<PlaceholderOf<"{a} of {b}">>().toEqualTypeOf<"a" | "b">();
    expectTypeOf<"Ends soon.">().not.toExtend<TextWith<"time">>();
    // @ts-expect-error the value for {time} is missing
    expect(fill(english.session.endsIn, {})).toContain("{time}");
  });
});
