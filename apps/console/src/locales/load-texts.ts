import { type Language, type Messages, messagesFor } from "@curfew/client/messages";
import { type ToolbarTexts, toolbarTextsFor } from "@curfew/client/toolbar";
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
    return together(sdk, ...(await Promise.all([toolbarTextsFor(sdk.language), load()])));
  } catch {
    return together(...(await Promise.all([messagesFor("en"), toolbarTextsFor("en"), LOADERS.en()])));
  }
}

function together(sdk: Messages, tools: ToolbarTexts, page: PageTexts): Texts {
  const actions = { ...tools.actions, ...page.actions };
  const notices = { ...tools.notices, ...page.notices };
  const text = { ...tools.text, ...page.text };
  return { ...tools, ...page, actions, notices, text, sdk };
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LOADERS, tag);
}
