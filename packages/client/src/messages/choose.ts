import type { Messages } from "./types.ts";

const english = async (): Promise<Messages> => (await import("./en.ts")).english;

/** By language, and script where a language has several. */
const loaders: Readonly<Record<string, () => Promise<Messages>>> = {
  en: english,
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  "zh-Hans": async () => (await import("./zh-hans.ts")).simplifiedChinese,
};

/** The languages that {@link messagesFor} knows, as BCP 47 tags. */
export const languages: readonly string[] = Object.keys(loaders);

/**
 * The words for the first language of `wanted` that is known, else English. Each language is loaded
 * when it is asked for. Regions do not matter, scripts do: `de-AT` is German,
 * `zh-CN` and `zh` are Simplified Chinese, `zh-TW` (Traditional) is not known.
 *
 * @param wanted - BCP 47 tags in order of preference, such as `navigator.languages`; what is not
 * well-formed is passed over.
 * @returns rejects when the language's module cannot be loaded.
 */
export function messagesFor(wanted: string | readonly string[]): Promise<Messages> {
  for (const tag of typeof wanted === "string" ? [wanted] : wanted) {
    const load = loaders[languageOf(tag)];
    if (load) return load();
  }
  return english();
}

/** The key of `tag` in {@link loaders}, or what no key is. */
function languageOf(tag: string): string {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return language === "zh" ? `zh-${script ?? ""}` : language;
  } catch {
    return "";
  }
}
