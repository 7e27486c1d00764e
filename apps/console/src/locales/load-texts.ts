import { messagesFor, type Language } from "@curfew/client/messages";
import type { PageTexts, Texts } from "./texts.ts";

const LOADERS: Readonly<Record<Language, () => Promise<PageTexts>>> = {
  en: async () => (await import("./en.ts")).english,
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  "zh-Hans": async () => (await import("./zh-hans.ts")).simplifiedChinese,
};

/**
 * Loads the texts for the first language of `wanted` that the page has, else English. English is also used when the
 * language cannot be fetched.
 *
 * @param wanted - BCP 47 tags in order of preference; anything else is ignored
 * @returns rejects when English cannot be fetched either
 */
export async function loadTexts(wanted: readonly string[]): Promise<Texts> {
  try {
    const sdk = await messagesFor(wanted);
    const load = isLanguage(sdk.language) ? LOADERS[sdk.language] : LOADERS.en;
    return { ...(await load()), sdk };
  } catch {
    const [sdk, page] = await Promise.all([messagesFor("en"), LOADERS.en()]);
    return { ...page, sdk };
  }
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LOADERS, tag);
}
