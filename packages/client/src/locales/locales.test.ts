import { describe, expect, expectTypeOf, test } from "vitest";
import { CloseCode } from "@curfew/protocol";
import type { CloseInfo, CloseReason } from "../connection/model/close-info.ts";
import { CLOSE_REASON_TRAITS, format, LANGUAGES, messagesFor, registerLanguage } from "./index.ts";
import { english } from "./en.ts";
import type { Messages, PlaceholderOf, TextWith } from "./index.ts";

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

describe.each(LANGUAGES)("the words in %s", (language) => {
  test("have the keys of the English ones, in the same order", async () => {
    const words = await messagesFor(language);
    expect(words.language).toBe(language);
    expect([...texts(words).keys()]).toEqual([...inEnglish.keys()]);
  });

  test("have the placeholders of the English ones", async () => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(inEnglish.get(key))]);
    }
  });

  test("are written out: none is empty or padded", async () => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
    }
  });

  test("end each sentence with a full stop, and no title or label", async () => {
    const all = [...texts(await messagesFor(language))];
    const sentences = all.filter(([key]) =>
      /^advice\.|^notices\.|labels\.leave|\.sentence$|states\.(waiting|reconnectingByItself|machineUnaffected)$/.test(
        key,
      ),
    );
    const labels = all.filter(([key]) => /^actions\.|^labels\.(?!leave)|\.(title|next)$/.test(key));
    expect(sentences).toHaveLength(Object.keys(CloseCode).length + 21);
    for (const [key, text] of sentences) expect(text, key).toMatch(/[.。]$/);
    for (const [key, text] of labels) expect(text, key).not.toMatch(/[.。]$/);
  });
});

test.each(LANGUAGES.filter((language) => language !== "en"))(
  "no words but names are left in English in %s",
  async (language) => {
    for (const [key, text] of texts(await messagesFor(language))) {
      expect(key.startsWith("labels.") || text !== inEnglish.get(key), key).toBe(true);
    }
  },
);

describe("the end reasons", () => {
  test("include every close code of the protocol", () => {
    expect(Object.keys(english.closeReasons)).toEqual(expect.arrayContaining(Object.keys(CloseCode)));
    expect(Object.keys(CLOSE_REASON_TRAITS).toSorted()).toEqual(Object.keys(english.closeReasons).toSorted());
  });

  test("are all that CloseInfo.reason can be, and no others, for the compiler", () => {
    expectTypeOf<keyof Messages["closeReasons"]>().toEqualTypeOf<CloseReason>();
    expectTypeOf<keyof typeof CLOSE_REASON_TRAITS>().toEqualTypeOf<CloseInfo["reason"]>();
  });
});

describe("messagesFor", () => {
  test.each([
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

  test("takes the first of several languages that it knows", async () => {
    expect((await messagesFor(["zh-TW", "??", "fr-CA", "de"])).language).toBe("fr");
    expect((await messagesFor([])).language).toBe("en");
  });
});

describe("registerLanguage", () => {
  test("adds a language, whatever its region, and replaces one", async () => {
    const english = await messagesFor("en");
    registerLanguage("nl-BE", () => ({ ...english, language: "nl" }));
    expect((await messagesFor("nl")).language).toBe("nl");
    registerLanguage("nl", async () => ({ ...english, language: "nl-NL" }));
    expect((await messagesFor(["sw", "nl-BE", "de"])).language).toBe("nl-NL");
  });

  test("refuses what is no language tag", () => {
    expect(() => registerLanguage("not a tag", () => messagesFor("en"))).toThrow(
      'registerLanguage: expected a BCP 47 tag, got "not a tag"',
    );
  });
});

describe("fill", () => {
  test("puts values into placeholders, each where it stands", () => {
    expect(format(english.states.attempt, { attempt: 3 })).toBe("Attempt 3");
    expect(format(english.session.endsIn, { time: "1 minute" })).toBe("This session ends in 1 minute.");
    expect(format("{a} {a}", { a: "{b}" })).toBe("{b} {b}");
  });

  test("asks the compiler for the placeholders of the text", () => {
    expectTypeOf<PlaceholderOf<Messages["session"]["endsIn"]>>().toEqualTypeOf<"time">();
    expectTypeOf<PlaceholderOf<"{a} of {b}">>().toEqualTypeOf<"a" | "b">();
    expectTypeOf<"Ends soon.">().not.toExtend<TextWith<"time">>();
    // @ts-expect-error the value for {time} is missing
    expect(format(english.session.endsIn, {})).toContain("{time}");
  });
});
