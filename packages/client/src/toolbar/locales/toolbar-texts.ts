import type { Language } from "../../locales/languages.ts";
import type { ToolbarTexts } from "./types.ts";

const LOADERS: Readonly<Record<Language, () => Promise<ToolbarTexts>>> = {
  en: async () => (await import("./en.ts")).english,
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  "zh-Hans": async () => (await import("./zh-hans.ts")).simplifiedChinese,
};

/**
 * Loads the toolbar's texts.
 *
 * @param language - the `language` of {@link Messages}; any other is English
 * @returns rejects if the language's module cannot be loaded.
 */
export function toolbarTextsFor(language: string): Promise<ToolbarTexts> {
  const known = Object.hasOwn(LOADERS, language) ? (language as Language) : "en";
  return LOADERS[known]();
}
