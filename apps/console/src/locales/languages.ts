/** The page's languages by BCP 47 tag, each with its own name, in alphabetical order. */
export const LANGUAGE_NAMES = {
  de: "Deutsch",
  en: "English",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  "zh-Hans": "简体中文",
} as const;

/** A language of the page. A language that lacks a name or texts does not compile. */
export type Language = keyof typeof LANGUAGE_NAMES;

export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as readonly Language[];
