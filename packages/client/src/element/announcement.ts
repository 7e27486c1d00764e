import { fill } from "../messages/fill.ts";
import { timeLeft } from "../messages/time-left.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleState, SessionInfo } from "../state.ts";
import type { ConsolePhase } from "./phase.ts";
import type { Outlook } from "./warning-bar.ts";

/** What a screen reader is told about a new phase; null for nothing. */
export function announcement(
  phase: ConsolePhase,
  state: ConsoleState,
  outlook: Outlook,
  words: Messages,
): string | null {
  const { states, ends } = words;
  if (state.status === "idle") return null;
  if (state.status === "connecting") return states.connecting;
  if (state.status === "connected") return openAnnouncement(phase, state.session, outlook, words);
  const { title, sentence } = ends[state.cause.reason];
  return `${title}. ${state.status === "closed" ? sentence : states.reconnecting}`;
}

function openAnnouncement(
  phase: ConsolePhase,
  session: SessionInfo | null,
  outlook: Outlook,
  words: Messages,
): string | null {
  const expiresAt = session?.expiresAt ?? null;
  const time = timeLeft(words.language, (expiresAt ?? 0) - performance.now());
  const endsIn = fill(words.session.endsIn, { time });
  if (phase === "expiring") return `${endsIn} ${words.session[outlook]}`;
  if (phase === "renew-failed") return `${words.session.renewFailed} ${endsIn}`;
  if (phase === "renewing") return null;
  if (phase !== "renewed") return words.states.connected;
  return expiresAt === null ? words.session.renewedForGood : fill(words.session.renewed, { time });
}
