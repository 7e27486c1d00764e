import type { CloseInfo } from "@curfew/client";
import { describeClose, type CloseDescription } from "@curfew/client/ui";
import { contactHref } from "../console-url/contact.ts";
import { duration, texts } from "../locales/texts.ts";
import { textButton, textLink } from "../widgets/buttons.ts";
import { blockedTexts } from "./blocked-texts.ts";
import { type CardFacts, createCard, createSupportFoot } from "./card.ts";
import { CLOSE_REASON_ICONS } from "./close-reason-icons.ts";

const MINUTE_MS = 60_000;

/** What the page knows about an end beyond its close reason. Its texts replace those of the reason. */
export type EndCircumstance =
  /** HTTP reaches the gateway, WebSocket does not. */
  | "blocked"
  /** The viewer needs features that browsers offer over HTTPS only. */
  | "insecure"
  /** The viewer's own script did not load. */
  | "viewer-missing";

/** How a session ended. */
export interface EndInfo {
  readonly close: CloseInfo;
  /** The machine's name; empty when it is not known. */
  readonly name: string;
  readonly endedAt: Date;
  /** Milliseconds from when the console first opened to the end; undefined when it never opened. */
  readonly lastedMs: number | undefined;
  readonly sessionId: string | undefined;
  /** Whether the gateway ever accepted a connection. */
  readonly reached: boolean;
  readonly circumstance: EndCircumstance | undefined;
}

/** What the end card can offer. */
export interface EndCardOptions {
  /** Opens the console again with the token that the page has. */
  readonly reopen: () => void;
  /** Requests a new token, then opens the console; undefined where the page cannot. */
  readonly renewAndReopen: (() => void) | undefined;
  /** Closes the tab; undefined where the browser would not. */
  readonly closeTab: (() => void) | undefined;
  readonly copy: (text: string) => void;
  /** How to contact the operator. */
  readonly contact: URL | undefined;
}

/** The card for the end of a session. */
export function createEndCard(end: EndInfo, options: EndCardOptions): HTMLElement {
  const { reason } = end.close;
  const { sdk } = texts();
  const description = describeClose(end.close, sdk, options.renewAndReopen !== undefined);
  const special = end.circumstance === undefined ? undefined : circumstanceTexts(end.circumstance);
  const { title, sentence, advice } = special ?? description;
  const card = createCard({
    icon: CLOSE_REASON_ICONS[reason],
    tone: description.tone,
    title,
    sentence,
    quote: description.message && `${sdk.labels.operatorMessage} “${description.message}”`,
    advice: advice ?? description.advice,
    actions: [
      ...nextButtons(description, options),
      ...contactLinks(end, description, options),
      ...closeButtons(options),
    ],
    foot: supportFoot(end, description, options),
    reason,
  });
  if (end.circumstance !== undefined) card.dataset["circumstance"] = end.circumstance;
  return card;
}

function clockTime(at: Date): string {
  return at.toLocaleTimeString(texts().sdk.language, { hour: "2-digit", minute: "2-digit" });
}

function circumstanceTexts(circumstance: EndCircumstance): Record<"title" | "sentence" | "advice", string> {
  const { cards } = texts();
  const table: Readonly<Record<EndCircumstance, Record<"title" | "sentence" | "advice", string>>> = {
    blocked: blockedTexts(),
    insecure: { title: cards.insecure, sentence: cards.insecureSentence, advice: cards.insecureAdvice },
    "viewer-missing": {
      title: cards.viewerMissing,
      sentence: cards.viewerMissingSentence,
      advice: cards.viewerMissingAdvice,
    },
  };
  return table[circumstance];
}

function nextButtons(
  { step, action }: CloseDescription,
  { reopen, renewAndReopen }: EndCardOptions,
): readonly HTMLButtonElement[] {
  const act = step === "reopen" ? reopen : step === "new-access" ? renewAndReopen : undefined;
  return act === undefined || action === undefined ? [] : [textButton(action, act, { kind: "primary" })];
}

/** A link to the operator, for the ends that only the operator can help with. */
function contactLinks(
  end: EndInfo,
  { step, title }: CloseDescription,
  { contact }: EndCardOptions,
): readonly HTMLAnchorElement[] {
  const isOperators = step === "operator" || end.close.reason === "session_terminated";
  if (contact === undefined || !isOperators) return [];
  const subject = end.name === "" ? title : `${end.name}: ${title}`;
  return [textLink(texts().cards.contactOperator, contactHref(contact, subject, detailsOf(end)))];
}

function closeButtons({ closeTab }: EndCardOptions): HTMLButtonElement[] {
  return closeTab === undefined ? [] : [textButton(texts().cards.closeTab, closeTab)];
}

/** The close reason and code, with a button that copies all details. */
function supportFoot(end: EndInfo, { code, detail }: CloseDescription, { copy }: EndCardOptions): HTMLElement {
  const copyAll = (): void => {
    copy(detailsOf(end));
  };
  const button = textButton(texts().cards.copyDetails, copyAll, { kind: "quiet", icon: "copy" });
  return createSupportFoot(code, detail, button, factsOf(end));
}

function factsOf({ endedAt, lastedMs }: EndInfo): CardFacts {
  const { cards } = texts();
  const ended: CardFacts = [[cards.ended, clockTime(endedAt)]];
  return lastedMs === undefined ? ended : [...ended, [cards.lasted, roughly(lastedMs)]];
}

/** Without seconds from one minute on. */
function roughly(milliseconds: number): string {
  return duration(milliseconds < MINUTE_MS ? milliseconds : Math.floor(milliseconds / MINUTE_MS) * MINUTE_MS);
}

/** The details for a supporter, in English. */
function detailsOf({ close, endedAt, sessionId }: EndInfo): string {
  return [
    `reason: ${close.reason}`,
    `close code: ${close.code}`,
    `ended: ${endedAt.toISOString()}`,
    ...(sessionId === undefined ? [] : [`session: ${sessionId}`]),
    ...(close.detail === undefined ? [] : [`detail: ${close.detail}`]),
  ].join("\n");
}
