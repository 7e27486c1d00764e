/** The names of the languages that {@link messagesFor} knows, in the language itself, by BCP 47 tag. */
export const LANGUAGE_NAMES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  "zh-Hans": "简体中文",
} as const;

/** BCP 47 tag of a language that {@link messagesFor} knows. */
export type Language = keyof typeof LANGUAGE_NAMES;

/** The languages that {@link messagesFor} knows. */
export const LANGUAGES: readonly Language[] = Object.keys(LANGUAGE_NAMES) as Language[];
