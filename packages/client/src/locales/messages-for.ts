import type { Language } from "./languages.ts";
import type { Messages } from "./types.ts";

const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => (await import("./en.ts")).english,
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  "zh-Hans": async () => (await import("./zh-hans.ts")).simplifiedChinese,
};

const REGISTERED = new Map<string, () => Messages | Promise<Messages>>();

/**
 * Adds a language to those that {@link messagesFor} and the elements know, or replaces one.
 *
 * @param tag - BCP 47 tag. Its region is ignored, as in {@link messagesFor}.
 * @param load - returns the messages; called whenever they are needed
 * @throws RangeError for a malformed tag.
 */
export function registerLanguage(tag: string, load: () => Messages | Promise<Messages>): void {
  const language = languageOf(tag);
  if (language === "") throw new RangeError(`registerLanguage: expected a BCP 47 tag, got ${JSON.stringify(tag)}`);
  REGISTERED.set(language, load);
}

/**
 * Loads the messages of the first known language in `wanted`, or the English ones. Regions are
 * ignored, scripts are not: `de-AT` is German, `zh-CN` and `zh` are Simplified Chinese, `zh-TW`
 * (Traditional) is unknown.
 *
 * @param wanted - BCP 47 tags in order of preference, such as `navigator.languages`; malformed tags
 * are ignored
 * @returns rejects if the language's module cannot be loaded.
 */
export async function messagesFor(wanted: string | readonly string[]): Promise<Messages> {
  for (const tag of typeof wanted === "string" ? [wanted] : wanted) {
    const language = languageOf(tag);
    const load = REGISTERED.get(language) ?? LOADERS[language as Language];
    if (load as typeof load | undefined) return load();
  }
  return LOADERS.en();
}

/** The tag without its region, in the form of the keys of {@link LOADERS}. */
function languageOf(tag: string): string {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return language === "zh" ? `zh-${script ?? ""}` : language;
  } catch {
    return "";
  }
}
