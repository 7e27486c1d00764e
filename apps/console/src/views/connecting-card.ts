import { fill } from "@curfew/client/messages";
import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";
import { setText } from "./element.ts";

/** A connecting card, which tells what the attempt waits for: the gateway, then the machine behind it. */
export interface ConnectingCard {
  readonly root: HTMLElement;
  readonly setReached: () => void;
}

/** `name` is empty for a machine whose name is not known. */
export function createConnectingCard(name: string, attempt: number, onCancel: () => void): ConnectingCard {
  const { cards, sdk } = words();
  const sentence = (step: string): string => (attempt === 1 ? step : `${fill(cards.attempt, { attempt })} ${step}`);
  const root = createCard({
    icon: "loader-circle",
    tone: "busy",
    title: name === "" ? cards.connecting : fill(cards.connectingTo, { name }),
    sentence: sentence(cards.reaching),
    actions: [textButton(sdk.actions.cancel, onCancel)],
  });
  return {
    root,
    setReached: () => {
      const text = root.querySelector<HTMLElement>(".card-sentence");
      if (text !== null) setText(text, sentence(sdk.states.waiting));
    },
  };
}
