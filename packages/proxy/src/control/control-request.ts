import type { PageRequest } from "../paging.ts";
import type { Lock, LockEffect } from "../tokens/lock.ts";
import type { EndCommand, Selection } from "./selection.ts";
import type { MemberAnswers, SessionControl, SessionList } from "./session-control.ts";
import type { GrantFilter } from "../tokens/grant.ts";
import type { SessionView } from "./session-view.ts";

/** What is asked of each process, or gateway, that runs sessions. */
export type ControlRequest =
  | { readonly type: "list"; readonly page: PageRequest; readonly filter: GrantFilter }
  | { readonly type: "get"; readonly id: string }
  | ({ readonly type: "end"; readonly selection: Selection } & EndCommand)
  | { readonly type: "extend"; readonly id: string; readonly expiresAt: number }
  | { readonly type: "lock"; readonly lock: Lock }
  | { readonly type: "unlock"; readonly id: string };

/** What each of them answers. */
export interface ControlAnswers {
  readonly list: Pick<SessionList, "sessions" | "next">;
  readonly get: SessionView | null;
  /** How many sessions were ended. */
  readonly end: number;
  /** Null where it does not run the session. */
  readonly extend: { readonly session: SessionView; readonly refused: string | null } | null;
  readonly lock: LockEffect;
  readonly unlock: null;
}

/** One of the requests. */
export type ControlType = ControlRequest["type"];

/** The request of one type. */
export type ControlRequestOf<Type extends ControlType> = Extract<ControlRequest, { readonly type: Type }>;

/** An answer, with the processes of which it knows nothing. */
export interface ControlAnswer<Type extends ControlType> extends MemberAnswers {
  readonly answer: ControlAnswers[Type];
}

/** How each request is answered by those who run the sessions. */
export const CONTROL_ANSWERS: {
  readonly [Type in ControlType]: (
    control: SessionControl,
    request: ControlRequestOf<Type>,
  ) => Promise<ControlAnswer<Type>>;
} = {
  list: async (control, { page, filter }) => {
    const { sessions, next, ...members } = await control.list(page, filter);
    return { answer: { sessions, next }, ...members };
  },
  get: async (control, { id }) => {
    const { session = null, ...members } = await control.get(id);
    return { answer: session, ...members };
  },
  end: async (control, { selection, reason, detail, message }) => {
    const { ended, ...members } = await control.end(selection, { reason, detail, message });
    return { answer: ended, ...members };
  },
  extend: async (control, { id, expiresAt }) => {
    const { session, refused = null, ...members } = await control.extend(id, expiresAt);
    return { answer: session === undefined ? null : { session, refused }, ...members };
  },
  lock: async (control, { lock }) => {
    const { ended, expiresAt, ...members } = await control.lock(lock);
    return { answer: { ended, expiresAt }, ...members };
  },
  unlock: async (control, { id }) => ({ answer: null, ...(await control.unlock(id)) }),
};

/** Answers a request with the sessions that `control` controls. */
export async function answerControl<Type extends ControlType>(
  control: SessionControl,
  request: ControlRequestOf<Type>,
): Promise<ControlAnswer<Type>> {
  return await CONTROL_ANSWERS[request.type](control, request);
}
