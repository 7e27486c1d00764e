import { texts } from "../locales/texts.ts";

/** What a card says where something between browser and gateway seems to block WebSockets. */
export function blockedTexts(): Record<"title" | "sentence" | "advice", string> {
  const { cards } = texts();
  return { title: cards.blocked, sentence: cards.blockedSentence, advice: cards.blockedAdvice };
}
