import type { SessionRegistry } from "../sessions/registry.ts";
import { endSelected, type Selection } from "./selection.ts";
import type {
  EndCommand,
  MemberAnswers,
  SessionControl,
  SessionList,
  SessionLookup,
  SessionsEnded,
} from "./session-control.ts";
import { sessionView } from "./session-view.ts";

const COMPLETE: MemberAnswers = { unavailable: [], replaced: [] };

/** Controls the sessions of this process. */
export class LocalControl implements SessionControl {
  readonly #sessions: SessionRegistry;

  constructor(sessions: SessionRegistry) {
    this.#sessions = sessions;
  }

  async list(): Promise<SessionList> {
    return { sessions: this.#sessions.list().map(sessionView), ...COMPLETE };
  }

  async get(id: string): Promise<SessionLookup> {
    const session = this.#sessions.get(id);
    return { session: session && sessionView(session), ...COMPLETE };
  }

  async end(selection: Selection, { reason, detail }: EndCommand): Promise<SessionsEnded> {
    return { ended: endSelected(this.#sessions, selection, reason, detail), ...COMPLETE };
  }
}
