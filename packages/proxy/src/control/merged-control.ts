import type { GrantFilter } from "../tokens/grant.ts";
import { formatPosition, pageLimit, type PageRequest, parsePosition } from "../paging.ts";
import type { Lock, LockEffect } from "../tokens/lock.ts";
import type { ControlAnswers, ControlRequestOf, ControlType } from "./control-request.ts";
import type { EndCommand, Selection } from "./selection.ts";
import type {
  MemberAnswers,
  SessionControl,
  SessionExtended,
  SessionList,
  SessionLookup,
  SessionsEnded,
} from "./session-control.ts";
import type { SessionView } from "./session-view.ts";

/** The answers of all members that gave one. */
export interface AllAnswers<Answer> extends MemberAnswers {
  readonly answers: readonly Answer[];
}

/** Asks all members, each within a bounded time. */
export type AskMembers = <Type extends ControlType>(
  request: ControlRequestOf<Type>,
) => Promise<AllAnswers<ControlAnswers[Type]>>;

/** Controls the sessions of several members, which are processes or gateways, as if they were one. */
export class MergedControl implements SessionControl {
  readonly #askAll: AskMembers;

  constructor(askAll: AskMembers) {
    this.#askAll = askAll;
  }

  async list(page: PageRequest = {}, filter: GrantFilter = {}): Promise<SessionList> {
    const limit = pageLimit(page.limit);
    if (page.after !== undefined) parsePosition(page.after);
    const { answers, ...members } = await this.#askAll<"list">({ type: "list", page, filter });
    const all = answers.flatMap(({ sessions }) => sessions);
    all.sort(compareSessions);
    const sessions = all.slice(0, limit);
    const last = sessions.at(-1);
    const hasMore = all.length > limit || answers.some(({ next }) => next !== undefined);
    const next = last && hasMore ? formatPosition({ at: Date.parse(last.started_at), id: last.id }) : undefined;
    return { sessions, next, ...members };
  }

  async get(id: string): Promise<SessionLookup> {
    const { answers, ...members } = await this.#askAll<"get">({ type: "get", id });
    return { session: answers.find((session) => session !== null) ?? undefined, ...members };
  }

  async end(selection: Selection, command: EndCommand): Promise<SessionsEnded> {
    const { answers, ...members } = await this.#askAll<"end">({ type: "end", selection, ...command });
    return { ended: sum(answers), ...members };
  }

  async extend(id: string, expiresAt: number): Promise<SessionExtended> {
    const { answers, ...members } = await this.#askAll<"extend">({ type: "extend", id, expiresAt });
    const found = answers.find((answer) => answer !== null);
    return { session: found?.session, refused: found?.refused ?? undefined, ...members };
  }

  async lock(lock: Lock): Promise<MemberAnswers & LockEffect> {
    const { answers, ...members } = await this.#askAll<"lock">({ type: "lock", lock });
    const expiresAt = answers.find((answer) => answer.expiresAt !== undefined)?.expiresAt;
    return { ended: sum(answers.map(({ ended }) => ended)), expiresAt, ...members };
  }

  async unlock(id: string): Promise<MemberAnswers> {
    const { answers: _, ...members } = await this.#askAll<"unlock">({ type: "unlock", id });
    return members;
  }
}

/** Compares two sessions by their order in lists. */
export function compareSessions(a: SessionView, b: SessionView): number {
  return a.started_at.localeCompare(b.started_at) || (a.id < b.id ? -1 : 1);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
