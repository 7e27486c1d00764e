import type { CloseInfo } from "@curfew/client";
import { endTraits } from "@curfew/client/messages";
import { contactHref } from "../link/contact.ts";
import { duration, words } from "../words/words.ts";
import { textButton, textLink } from "./buttons.ts";
import { createCard } from "./card.ts";
import { element } from "./element.ts";
import { endIcons } from "./end-icons.ts";

/** What the page knows about an end beyond its reason, and says instead. */
export type Circumstance =
  /** HTTP reaches the gateway, WebSocket does not. */
  | "blocked"
  /** The viewer needs what browsers keep for pages over HTTPS. */
  | "insecure"
  /** The viewer's own script did not load. */
  | "viewer-missing";

/** How a session ended, for its end screen. */
export interface Ending {
  readonly info: CloseInfo;
  /** The machine's name; empty when it is not known. */
  readonly name: string;
  readonly endedAt: Date;
  /** Milliseconds from the first picture to the end; null when there never was a picture. */
  readonly lastedMs: number | null;
  readonly sessionId: string | null;
  /** Whether the gateway ever took a connection. */
  readonly reached: boolean;
  readonly circumstance: Circumstance | null;
  /** The page can get a new token by itself. */
  readonly canRequest: boolean;
  /** Where people reach whoever runs the gateway. */
  readonly contact: URL | null;
}

/** What the end screen's buttons do. */
export interface EndActions {
  /** Opens again with the token that the page has. */
  readonly reopen: () => void;
  /** Gets a new token, then opens. */
  readonly renewAndReopen: () => void;
  /** Closes the tab; null where the browser would not. */
  readonly close: (() => void) | null;
  /** Resolves to whether the text is in the clipboard. */
  readonly copy: (text: string) => Promise<boolean>;
}

/** The screen for the end of a session. */
export function createEndCard(ending: Ending, actions: EndActions): HTMLElement {
  const { reason } = ending.info;
  const special = ending.circumstance === null ? null : circumstanceWords(ending.circumstance);
  const { title, sentence } = special ?? words().sdk.ends[reason];
  const at = ending.endedAt.toLocaleTimeString(words().sdk.language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const facts: [string, string][] = [[words().cards.ended, at]];
  if (ending.lastedMs !== null) facts.push([words().cards.lasted, duration(ending.lastedMs)]);
  const advice = special?.advice ?? adviceFor(reason, ending.canRequest);
  const card = createCard({
    icon: endIcons[reason],
    tone: endTraits[reason].tone,
    title,
    sentence,
    facts,
    ...(advice === null ? {} : { advice }),
    actions: [...nextButtons(ending, actions), ...contactLinks(ending), ...closeButtons(actions.close)],
    foot: supportLine(ending, actions.copy),
  });
  card.dataset["reason"] = reason;
  if (ending.circumstance !== null) card.dataset["circumstance"] = ending.circumstance;
  return card;
}

function circumstanceWords(circumstance: Circumstance): Record<"title" | "sentence" | "advice", string> {
  const { cards } = words();
  const table = {
    blocked: { title: cards.blocked, sentence: cards.blockedSentence, advice: cards.blockedAdvice },
    insecure: { title: cards.insecure, sentence: cards.insecureSentence, advice: cards.insecureAdvice },
    "viewer-missing": {
      title: cards.viewerMissing,
      sentence: cards.viewerMissingSentence,
      advice: cards.viewerMissingAdvice,
    },
  };
  return table[circumstance];
}

function adviceFor(reason: CloseInfo["reason"], canRequest: boolean): string | null {
  const { advice } = words().sdk;
  const { step } = endTraits[reason];
  if (step === "operator") return advice.operator;
  return step === "new-access" && !canRequest ? advice.newAccess : null;
}

function nextButtons(ending: Ending, actions: EndActions): HTMLButtonElement[] {
  const { step } = endTraits[ending.info.reason];
  const { next } = words().sdk.ends[ending.info.reason];
  if (step === "reopen") return [textButton(next, actions.reopen, { kind: "primary" })];
  if (step === "new-access" && ending.canRequest) {
    return [textButton(next, actions.renewAndReopen, { kind: "primary" })];
  }
  return [];
}

/** Leads to whoever is to be asked, where the gateway says how. */
function contactLinks(ending: Ending): HTMLAnchorElement[] {
  const { contact, info, name } = ending;
  if (contact === null || endTraits[info.reason].step !== "operator") return [];
  const { title } = words().sdk.ends[info.reason];
  const subject = name === "" ? title : `${name}: ${title}`;
  return [textLink(words().cards.contactOperator, contactHref(contact, subject, detailsOf(ending)))];
}

function closeButtons(close: EndActions["close"]): HTMLButtonElement[] {
  return close === null ? [] : [textButton(words().cards.closeTab, close)];
}

/** The reason code and what else a supporter asks for, small, with a button that copies all of it. */
function supportLine(ending: Ending, copy: EndActions["copy"]): HTMLElement {
  const { info } = ending;
  const code = `${info.reason} · ${info.code}`;
  const button = textButton(
    words().cards.copyDetails,
    () => {
      void copy(detailsOf(ending));
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

/** What a supporter asks for. */
function detailsOf({ info, endedAt, sessionId }: Ending): string {
  return [
    `reason: ${info.reason}`,
    `close code: ${info.code}`,
    `ended: ${endedAt.toISOString()}`,
    ...(sessionId === null ? [] : [`session: ${sessionId}`]),
    ...(info.detail === undefined ? [] : [`detail: ${info.detail}`]),
  ].join("\n");
}
