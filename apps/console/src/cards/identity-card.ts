import { texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { createCard } from "./card.ts";

/** Asks the user whether to trust the key with this fingerprint. */
export function createIdentityCard(fingerprint: string, onAnswer: (trusted: boolean) => void): HTMLElement {
  const { credentials, sdk } = texts();
  return createCard({
    icon: "key-round",
    tone: "calm",
    title: credentials.identity,
    sentence: credentials.identitySentence,
    facts: [[credentials.fingerprint, fingerprint]],
    // Neither button is primary: trusting a key should be a decision.
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
