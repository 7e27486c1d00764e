import type { CloseInfo } from "../connection/model/close-info.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import { format } from "../locales/format.ts";
import { timeLeft } from "../locales/time-left.ts";
import type { Messages } from "../locales/types.ts";
import { describeClose, describeReconnecting } from "../ui/close-description.ts";
import { createElement, setText } from "../ui/dom.ts";
import { button, part } from "./dom.ts";
import { Ring, icon, spinner } from "./icons.ts";

/** What the buttons of a panel do. */
export interface PanelActions {
  readonly open: () => void;
  readonly close: () => void;
}

/** The message in place of the console. */
interface Panel {
  readonly root: HTMLElement;
  /** Shows the milliseconds until the next attempt, or until the user at the console must have answered. */
  readonly setTime?: (leftMs: number) => void;
}

/**
 * Creates the panel for a state.
 *
 * @param canAuthorize - whether opening the console again gets a new token
 * @returns undefined for `connected`, which shows the console.
 */
export function createPanel(
  state: ConsoleState,
  canAuthorize: boolean,
  messages: Messages,
  actions: PanelActions,
): Panel | undefined {
  if (state.status === "idle") return idlePanel(messages, actions);
  if (state.status === "connecting" && state.askingUntil !== undefined) return askingPanel(messages, actions);
  if (state.status === "connecting") return connectingPanel(messages, state.attempt, actions);
  if (state.status === "reconnecting") return reconnectingPanel(messages, state, actions);
  return state.status === "closed" ? closedPanel(messages, state.cause, canAuthorize, actions) : undefined;
}

function idlePanel({ states, actions: labels }: Messages, actions: PanelActions): Panel {
  return {
    root: panel({
      symbol: icon("leave"),
      title: states.idle,
      actions: [button(labels.open, actions.open, "primary")],
    }),
  };
}

function connectingPanel({ states, actions: labels }: Messages, attempt: number, actions: PanelActions): Panel {
  return {
    root: panel({
      symbol: spinner(),
      title: states.connecting,
      sentence: attempt === 1 ? states.waiting : format(states.attempt, { attempt }),
      actions: [button(labels.cancel, actions.close, "normal")],
    }),
  };
}

/** The user at the console is asked. */
function askingPanel({ takeover, actions: labels, language }: Messages, actions: PanelActions): Panel {
  const sentence = part("p", "sentence", { role: "timer", "aria-live": "off", "data-announced": "" });
  return {
    root: panel({
      symbol: spinner(),
      title: takeover.asking,
      note: sentence,
      actions: [button(labels.cancel, actions.close, "normal")],
    }),
    setTime: (leftMs) => setText(sentence, format(takeover.askingSentence, { time: timeLeft(language, leftMs) })),
  };
}

/** Longer times have more than the two digits that fit into the ring. */
const MAX_TIME_IN_RING_MS = 99_000;

/** Counts down to the next attempt, with a ring. */
function reconnectingPanel(
  messages: Messages,
  state: ConsoleState & { status: "reconnecting" },
  actions: PanelActions,
): Panel {
  const { states, actions: labels } = messages;
  const ring = new Ring();
  const seconds = createElement("span", { "aria-hidden": "true" });
  const next = part("p", "countdown", { role: "timer", "aria-live": "off" });
  const root = panel({
    symbol: createElement("div", { class: "counter" }, ring.root, seconds),
    title: messages.closeReasons[state.cause.reason].title,
    sentence: describeReconnecting(state.cause, messages),
    note: next,
    actions: [button(labels.tryNow, actions.open, "primary"), button(labels.cancel, actions.close, "normal")],
  });
  const attempt = format(states.attempt, { attempt: state.attempt });
  return {
    root,
    setTime(leftMs) {
      const when = format(states.nextAttempt, { time: timeLeft(messages.language, leftMs) });
      setText(next, `${when} · ${attempt}`);
      setText(seconds, leftMs > MAX_TIME_IN_RING_MS ? "" : String(Math.ceil(leftMs / 1000)));
      ring.show(leftMs, state.retryInMs);
    },
  };
}

/** The end, with its reason. */
function closedPanel(messages: Messages, cause: CloseInfo, canAuthorize: boolean, actions: PanelActions): Panel {
  const { tone, timedOut, step, title, sentence, message, advice, action, code, detail } = describeClose(
    cause,
    messages,
    canAuthorize,
  );
  return {
    root: panel({
      symbol: icon(tone === "problem" ? "problem" : timedOut ? "clock" : "leave"),
      tone,
      title,
      sentence,
      message: message === undefined ? undefined : `${messages.labels.operatorMessage} ${quoted(message)}`,
      note: advice ? part("p", "advice", { "data-announced": "" }, advice) : undefined,
      actions: !action ? [] : [button(action, actions.open, step === "operator" ? "normal" : "primary")],
      footer: createElement(
        "footer",
        {},
        part("code", "code", {}, code),
        detail ? createElement("span", { lang: "en" }, detail) : undefined,
      ),
    }),
  };
}

interface PanelContent {
  readonly symbol: Element;
  readonly tone?: "calm" | "problem";
  readonly title: string;
  readonly sentence?: string;
  /** The operator's words. */
  readonly message?: string | undefined;
  readonly note?: Element | undefined;
  readonly actions: readonly Element[];
  readonly footer?: Element;
}

/** In the quotation marks that every language here reads. */
function quoted(text: string): string {
  return `“${text}”`;
}

function panel({ symbol, tone = "calm", title, sentence, message, note, actions, footer }: PanelContent): HTMLElement {
  return part(
    "section",
    "panel",
    { "data-tone": tone, tabindex: "-1", "aria-label": title },
    createElement("div", { class: "symbol" }, symbol),
    part("p", "title", { "data-announced": "" }, title),
    sentence ? part("p", "sentence", { "data-announced": "" }, sentence) : undefined,
    message ? part("p", "message", { "data-announced": "" }, message) : undefined,
    note,
    actions.length > 0 ? createElement("div", { class: "actions" }, ...actions) : undefined,
    footer,
  );
}
