import { messagesFor } from "@curfew/client/messages";
import type { PageWords, Words } from "./words.ts";

const english = async (): Promise<PageWords> => (await import("./en.ts")).english;

/** By the language tags of the SDK's words. */
const tables: Readonly<Record<string, () => Promise<PageWords>>> = {
  en: english,
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  "zh-Hans": async () => (await import("./zh-hans.ts")).simplifiedChinese,
};

/**
 * The words for the first language of `wanted` that the page has, else English. A language that
 * cannot be fetched is English too.
 *
 * @param wanted BCP 47 tags in order of preference; what is none is passed over.
 * @returns rejects when English cannot be fetched either.
 */
export async function loadWords(wanted: readonly string[]): Promise<Words> {
  try {
    const sdk = await messagesFor(wanted);
    const page = await (tables[sdk.language] ?? english)();
    return { ...page, sdk };
  } catch {
    const [sdk, page] = await Promise.all([messagesFor("en"), english()]);
    return { ...page, sdk };
  }
}
