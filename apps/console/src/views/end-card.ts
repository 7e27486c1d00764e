import type { CloseInfo } from "@curfew/client";
import { lasted } from "../words/duration.ts";
import { endReasons, type EndWords } from "../words/end-reasons.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";
import { element } from "./element.ts";

/** How a session ended, for its end screen. */
export interface Ending {
  readonly info: CloseInfo;
  readonly endedAt: Date;
  /** Milliseconds from the first picture to the end; null when there never was a picture. */
  readonly lastedMs: number | null;
  readonly sessionId: string | null;
  /** The page can get a new token by itself. */
  readonly canRequest: boolean;
}

/** What the end screen's buttons do. */
export interface EndActions {
  /** Opens again with the token that the page has. */
  readonly reopen: () => void;
  /** Gets a new token, then opens. */
  readonly renewAndReopen: () => void;
  /** Resolves to whether the text is in the clipboard. */
  readonly copy: (text: string) => Promise<boolean>;
}

const newLinkAdvice = "To go on, open the console again from the place where you got this link.";
const operatorAdvice = "If you should have access, ask the operator of this machine and name the code below.";

/** The screen for the end of a session. Its words come from {@link endReasons}. */
export function createEndCard(ending: Ending, actions: EndActions): HTMLElement {
  const words: EndWords = endReasons[ending.info.reason];
  const at = ending.endedAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const facts: [string, string][] = [["Ended", at]];
  if (ending.lastedMs !== null) facts.push(["Lasted", lasted(ending.lastedMs)]);
  const advice = adviceFor(words, ending.canRequest);
  const card = createCard({
    icon: words.icon,
    tone: words.tone,
    title: words.title,
    sentence: words.sentence,
    facts,
    ...(advice === null ? {} : { advice }),
    actions: nextButtons(words, ending, actions),
    foot: supportLine(ending, actions.copy),
  });
  card.dataset["reason"] = ending.info.reason;
  return card;
}

function adviceFor(words: EndWords, canRequest: boolean): string | null {
  if (words.next === "operator") return operatorAdvice;
  return words.next === "new-access" && !canRequest ? newLinkAdvice : null;
}

function nextButtons(words: EndWords, ending: Ending, actions: EndActions): HTMLButtonElement[] {
  if (words.next === "reopen") {
    const label = ending.lastedMs === null ? "Try again" : "Open again";
    return [textButton(label, actions.reopen, { kind: "primary" })];
  }
  if (words.next === "new-access" && ending.canRequest) {
    return [textButton("Open again", actions.renewAndReopen, { kind: "primary" })];
  }
  return [];
}

/** The reason code and what else a supporter asks for, small, with a button that copies all of it. */
function supportLine(ending: Ending, copy: EndActions["copy"]): HTMLElement {
  const { info } = ending;
  const code = `${info.reason} · ${info.code}`;
  const details = [
    `reason: ${info.reason}`,
    `close code: ${info.code}`,
    `ended: ${ending.endedAt.toISOString()}`,
    ...(ending.sessionId === null ? [] : [`session: ${ending.sessionId}`]),
    ...(info.detail === undefined ? [] : [`detail: ${info.detail}`]),
  ].join("\n");
  const button = textButton(
    "Copy details",
    () => {
      void copy(details);
    },
    { kind: "quiet", icon: "copy" },
  );
  return element(
    "footer",
    { class: "support" },
    info.detail === undefined ? null : element("p", { class: "support-detail" }, info.detail),
    element("div", { class: "support-line" }, element("code", {}, code), button),
  );
}
