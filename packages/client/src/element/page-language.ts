import { messagesFor } from "../locales/messages-for.ts";
import type { Messages } from "../locales/types.ts";

/** Loads the messages for an element: in the language of its `lang`, of an ancestor, the page or the browser. */
export function messagesForElement(element: HTMLElement): Promise<Messages> {
  const lang = element.closest<HTMLElement>("[lang]")?.lang || document.documentElement.lang;
  return messagesFor(lang || navigator.languages);
}
