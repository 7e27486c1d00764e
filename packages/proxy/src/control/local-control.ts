import { EndError } from "../end-reason.ts";
import { type GrantFilter, matches } from "../tokens/grant.ts";
import { formatPosition, pageLimit, type PageRequest, parsePosition, type Position } from "../paging.ts";
import type { Lock, LockEffect } from "../tokens/lock.ts";
import type { SessionRegistry } from "../sessions/registry.ts";
import { type EndCommand, endSelected, type Selection } from "./selection.ts";
import type {
  MemberAnswers,
  SessionControl,
  SessionExtended,
  SessionList,
  SessionLookup,
  SessionsEnded,
} from "./session-control.ts";
import type { Session } from "../sessions/session.ts";
import { sessionView } from "./session-view.ts";

const COMPLETE: MemberAnswers = { unavailable: [], replaced: [] };

/** Controls the sessions of this process. */
export class LocalControl implements SessionControl {
  readonly #sessions: SessionRegistry;

  constructor(sessions: SessionRegistry) {
    this.#sessions = sessions;
  }

  async list(page: PageRequest = {}, filter: GrantFilter = {}): Promise<SessionList> {
    const limit = pageLimit(page.limit);
    const start = page.after === undefined ? undefined : parsePosition(page.after);
    const left = this.#sessions
      .list()
      .filter((session) => matches(session.grant, filter) && (start === undefined || isBehind(session, start)));
    // Already in this order, unless the clock was set back meanwhile.
    left.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
    const sessions = left.slice(0, limit);
    const last = sessions.at(-1);
    const next = last && left.length > limit ? formatPosition({ at: last.startedAt, id: last.id }) : undefined;
    return { sessions: sessions.map(sessionView), next, ...COMPLETE };
  }

  async get(id: string): Promise<SessionLookup> {
    const session = this.#sessions.get(id);
    return { session: session && sessionView(session), ...COMPLETE };
  }

  async end(selection: Selection, command: EndCommand): Promise<SessionsEnded> {
    return { ended: endSelected(this.#sessions, selection, command), ...COMPLETE };
  }

  async extend(id: string, expiresAt: number): Promise<SessionExtended> {
    const session = this.#sessions.get(id);
    let refused: string | undefined;
    try {
      session?.extend(expiresAt);
    } catch (error) {
      refused = EndError.from(error).message;
    }
    return { session: session && sessionView(session), refused, ...COMPLETE };
  }

  async lock(lock: Lock): Promise<MemberAnswers & LockEffect> {
    return { ...this.#sessions.lock(lock), ...COMPLETE };
  }

  async unlock(id: string): Promise<MemberAnswers> {
    this.#sessions.unlock(id);
    return COMPLETE;
  }
}

function isBehind({ startedAt, id }: Session, { at, id: before }: Position): boolean {
  return startedAt > at || (startedAt === at && id > before);
}
