import { format } from "@curfew/client/messages";
import { setText } from "@curfew/client/ui";
import { duration, texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { blockedTexts } from "./blocked-texts.ts";
import { createCard } from "./card.ts";

/** Says what the attempt waits for: the gateway first, then the machine. */
export interface ConnectingCard {
  readonly root: HTMLElement;
  /** The gateway was reached: the attempt waits for the machine from now on. */
  readonly setReached: () => void;
}

/** Says that the user at the console is asked. */
export interface AskingCard {
  readonly root: HTMLElement;
  /** Shows the milliseconds until they must have answered. */
  readonly setTime: (leftMs: number) => void;
}

export function createAskingCard(onCancel: () => void): AskingCard {
  const { takeover, actions } = texts().sdk;
  const root = createCard({
    icon: "loader-circle",
    tone: "busy",
    title: takeover.asking,
    sentence: "",
    actions: [textButton(actions.cancel, onCancel)],
  });
  const sentence = root.querySelector(".card-sentence");
  return {
    root,
    setTime: (leftMs) => {
      if (sentence !== null) setText(sentence, format(takeover.askingSentence, { time: duration(leftMs, "long") }));
    },
  };
}

/** What is known before the console opens. */
interface ConnectingFacts {
  /** The machine's name; empty when it is not known. */
  readonly name: string;
  /** Something between browser and gateway seems to block WebSockets. */
  readonly blocked: boolean;
}

export function createConnectingCard(
  { name, blocked }: ConnectingFacts,
  attempt: number,
  onCancel: () => void,
): ConnectingCard {
  const { cards, sdk } = texts();
  const sentence = (step: string): string => (attempt === 1 ? step : `${format(cards.attempt, { attempt })} ${step}`);
  const root = createCard({
    icon: "loader-circle",
    tone: "busy",
    title: name === "" ? cards.connecting : format(cards.connectingTo, { name }),
    sentence: sentence(cards.reaching),
    ...(blocked ? blockedTexts() : {}),
    actions: [textButton(sdk.actions.cancel, onCancel)],
  });
  return {
    root,
    setReached: () => {
      const node = root.querySelector(".card-sentence");
      if (node !== null) setText(node, sentence(sdk.states.waiting));
    },
  };
}
