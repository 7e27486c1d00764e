import type { CloseInfo, CloseReason } from "../close-info.ts";
import { endTraits } from "../messages/end-traits.ts";
import { fill } from "../messages/fill.ts";
import { timeLeft } from "../messages/time-left.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleState } from "../state.ts";
import { button, html, part, setText } from "./dom.ts";
import { type IconName, Ring, icon, spinner } from "./pictures.ts";

/** What the buttons over the console do. */
export interface PanelActions {
  readonly open: () => void;
  readonly close: () => void;
}

/** The message where the console was or will be. */
interface Panel {
  readonly root: HTMLElement;
  /** Shows the milliseconds until the next attempt. */
  readonly setTime?: (leftMs: number) => void;
}

/**
 * The panel for a state; null while the console itself is there.
 *
 * @param canAuthorize - whether opening again gets a new token
 */
export function panelFor(
  state: ConsoleState,
  canAuthorize: boolean,
  words: Messages,
  actions: PanelActions,
): Panel | null {
  if (state.status === "idle") return idlePanel(words, actions);
  if (state.status === "connecting") return connectingPanel(words, state.attempt, actions);
  if (state.status === "reconnecting") return reconnectingPanel(words, state, actions);
  return state.status === "closed" ? endPanel(words, state.cause, canAuthorize, actions) : null;
}

/** Where nothing was opened yet. */
function idlePanel(words: Messages, actions: PanelActions): Panel {
  return {
    root: panel({
      picture: icon("leave"),
      title: words.states.idle,
      actions: [button(words.actions.open, actions.open, "primary")],
    }),
  };
}

/** While a connection is being opened. */
function connectingPanel(words: Messages, attempt: number, actions: PanelActions): Panel {
  return {
    root: panel({
      picture: spinner(),
      title: words.states.connecting,
      sentence: attempt === 1 ? words.states.waiting : fill(words.states.attempt, { attempt }),
      actions: [button(words.actions.cancel, actions.close, "normal")],
    }),
  };
}

/** Two digits fit into the ring. */
const MOST_IN_RING_MS = 99_000;

/** Between a loss of the connection and the next attempt, which a ring counts down to. */
function reconnectingPanel(
  words: Messages,
  state: ConsoleState & { status: "reconnecting" },
  actions: PanelActions,
): Panel {
  const { states } = words;
  const ring = new Ring();
  const seconds = html("span", { "aria-hidden": "true" });
  const next = part("p", "countdown", { role: "timer", "aria-live": "off" });
  const root = panel({
    picture: html("div", { class: "counter" }, ring.root, seconds),
    title: words.ends[state.cause.reason].title,
    sentence: states.reconnectingByItself,
    note: next,
    actions: [
      button(words.actions.tryNow, actions.open, "primary"),
      button(words.actions.cancel, actions.close, "normal"),
    ],
  });
  const attempt = fill(states.attempt, { attempt: state.attempt });
  return {
    root,
    setTime(leftMs) {
      const when = fill(states.nextAttempt, { time: timeLeft(words.language, leftMs) });
      setText(next, `${when} · ${attempt}`);
      setText(seconds, leftMs > MOST_IN_RING_MS ? "" : String(Math.ceil(leftMs / 1000)));
      ring.show(leftMs, state.retryInMs);
    },
  };
}

const clocks: ReadonlySet<CloseReason> = new Set<CloseReason>(["session_expired", "token_expired", "idle_timeout"]);

/** The end, with its reason. */
function endPanel(words: Messages, cause: CloseInfo, canAuthorize: boolean, actions: PanelActions): Panel {
  const { title, sentence, next } = words.ends[cause.reason];
  const { tone, step } = endTraits[cause.reason];
  const picture: IconName = tone === "problem" ? "problem" : clocks.has(cause.reason) ? "clock" : "leave";
  const needsLink = step === "new-access" && !canAuthorize;
  const advice = step === "operator" ? words.advice.operator : needsLink ? words.advice.newAccess : null;
  const code = part("code", "code", {}, `${cause.reason} · ${cause.code}`);
  return {
    root: panel({
      picture: icon(picture),
      tone,
      title,
      sentence,
      ...(advice === null ? {} : { note: part("p", "advice", {}, advice) }),
      actions: needsLink ? [] : [button(next, actions.open, step === "operator" ? "normal" : "primary")],
      foot: html("footer", {}, code, cause.detail === undefined ? null : html("span", { lang: "en" }, cause.detail)),
    }),
  };
}

interface PanelContent {
  readonly picture: Element;
  readonly tone?: "calm" | "problem";
  readonly title: string;
  readonly sentence?: string;
  readonly note?: Element;
  readonly actions: readonly Element[];
  readonly foot?: Element;
}

function panel({ picture, tone = "calm", title, sentence, note, actions, foot }: PanelContent): HTMLElement {
  return part(
    "section",
    "panel",
    { "data-tone": tone, tabindex: "-1", "aria-label": title },
    html("div", { class: "picture" }, picture),
    part("p", "title", { "data-told": "" }, title),
    sentence === undefined ? null : part("p", "sentence", { "data-told": "" }, sentence),
    note ?? null,
    actions.length === 0 ? null : html("div", { class: "actions" }, ...actions),
    foot ?? null,
  );
}
