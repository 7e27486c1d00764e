import { messagesFor } from "../messages/choose.ts";
import type { Messages } from "../messages/types.ts";

/** The words for an element: of its `lang`, one around it, the page's, or the browser's. */
export function wordsFor(element: HTMLElement): Promise<Messages> {
  const lang = element.closest<HTMLElement>("[lang]")?.lang || document.documentElement.lang;
  return messagesFor(lang || navigator.languages);
}
