import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";

/** Asks whether the machine's console, which shows this fingerprint, is the right one. */
export function createIdentityCard(fingerprint: string, onAnswer: (trusted: boolean) => void): HTMLElement {
  const { credentials, sdk } = words();
  return createCard({
    icon: "key-round",
    tone: "calm",
    title: credentials.identity,
    sentence: credentials.identitySentence,
    facts: [[credentials.fingerprint, fingerprint]],
    // None of them is the main one: to go on should be a decision, not what Enter does.
    actions: [
      textButton(credentials.trust, () => {
        onAnswer(true);
      }),
      textButton(sdk.actions.cancel, () => {
        onAnswer(false);
      }),
    ],
  });
}
