import {
  answerControl,
  type ControlAnswer,
  type ControlAnswers,
  type ControlRequest,
  type ControlRequestOf,
  type ControlType,
} from "../control/control-request.ts";
import { type AllAnswers, MergedControl } from "../control/merged-control.ts";
import type { SessionControl, UnavailableMember } from "../control/session-control.ts";
import type { SessionView } from "../control/session-view.ts";
import { pageLimit } from "../paging.ts";
import { inTime } from "../time/in-time.ts";
import type { GatewayMember, Membership } from "./membership.ts";
import { PAGE_SESSIONS } from "./message-schemas.ts";
import type { AskOptions, GatewayMessages } from "./messages.ts";

/** How long the other gateways may take to answer, in milliseconds. */
const ANSWER_MS = 1000;

/** How long it may take of this to find out which gateways there are. */
const REFRESH_MS = 250;

/** What a {@link ClusterControl} is made with. */
export interface ClusterControlOptions {
  /** Controls the sessions of this gateway. */
  readonly own: SessionControl;
  readonly membership: Pick<Membership, "self" | "live" | "nameOf">;
  readonly messages: Pick<GatewayMessages, "ask">;
  /** Finds out which gateways there are. */
  readonly refresh: () => Promise<void>;
}

/**
 * Controls the sessions of all gateways of a cluster. Those that do not answer within a second are named as
 * `gateway NAME`.
 */
export class ClusterControl extends MergedControl {
  readonly #options: ClusterControlOptions;

  constructor(options: ClusterControlOptions) {
    super(async (request) => await this.#askAll(request));
    this.#options = options;
  }

  async #askAll<Type extends ControlType>(request: ControlRequestOf<Type>): Promise<AllAnswers<ControlAnswers[Type]>> {
    const { membership, refresh } = this.#options;
    const dueAt = performance.now() + ANSWER_MS;
    // Without the store, those that were there last cannot be asked, and are named.
    await inTime(refresh, REFRESH_MS).catch(() => {});
    const others = membership.live.filter(({ id }) => id !== membership.self.id);
    const asked = await Promise.all(
      [membership.self, ...others].map(async (gateway) => {
        const name = membership.nameOf(gateway);
        try {
          return nameGateway(request.type, await this.#ask<Type>(gateway, request, dueAt), name);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          return { answers: [], unavailable: [{ member: `gateway ${name}`, reason }], replaced: [] };
        }
      }),
    );
    return {
      answers: asked.flatMap(({ answers }) => answers),
      unavailable: asked.flatMap(({ unavailable }) => unavailable),
      replaced: asked.flatMap(({ replaced }) => replaced),
    };
  }

  async #ask<Type extends ControlType>(
    { id }: GatewayMember,
    request: ControlRequestOf<Type>,
    dueAt: number,
  ): Promise<ControlAnswer<Type>> {
    const { own, membership, messages } = this.#options;
    if (id === membership.self.id) return await answerControl(own, request);
    const timeLeft = (): AskOptions => ({ timeoutMs: Math.max(dueAt - performance.now(), 0) });
    const answer = isList(request)
      ? await collectPages(async (page) => await messages.ask<"list">(id, page, timeLeft()), request)
      : await messages.ask<Type>(id, request, timeLeft());
    // The same, which the compiler does not see of an answer whose type is a parameter.
    return answer as unknown as ControlAnswer<Type>;
  }
}

function isList(request: ControlRequest): request is ControlRequestOf<"list"> {
  return request.type === "list";
}

/** A page of sessions may be longer than a message. */
async function collectPages(
  ask: (request: ControlRequestOf<"list">) => Promise<ControlAnswer<"list">>,
  request: ControlRequestOf<"list">,
): Promise<ControlAnswer<"list">> {
  const most = pageLimit(request.page.limit);
  const sessions: SessionView[] = [];
  let { after } = request.page;
  for (;;) {
    const limit = Math.min(PAGE_SESSIONS, most - sessions.length);
    const { answer, ...members } = await ask({ ...request, page: { limit, after } });
    sessions.push(...answer.sessions);
    after = answer.next;
    // An empty page would be asked for again and again.
    if (after === undefined || sessions.length >= most || answer.sessions.length === 0) {
      return { answer: { sessions, next: after }, ...members };
    }
  }
}

const NAMING: {
  readonly [Type in ControlType]: (answer: ControlAnswers[Type], gateway: string) => ControlAnswers[Type];
} = {
  list: ({ sessions, next }, gateway) => ({ sessions: sessions.map((session) => ({ ...session, gateway })), next }),
  get: (session, gateway) => session && { ...session, gateway },
  extend: (found, gateway) => found && { ...found, session: { ...found.session, gateway } },
  end: (ended) => ended,
  lock: (effect) => effect,
  unlock: (nothing) => nothing,
};

/** Says of each session, and of each process, at which gateway it is. */
function nameGateway<Type extends ControlType>(
  type: Type,
  { answer, unavailable, replaced }: ControlAnswer<Type>,
  gateway: string,
): AllAnswers<ControlAnswers[Type]> {
  const name = ({ member, reason }: UnavailableMember): UnavailableMember => ({
    member: `${member} of gateway ${gateway}`,
    reason,
  });
  return {
    answers: [NAMING[type](answer, gateway)],
    unavailable: unavailable.map(name),
    replaced: replaced.map(name),
  };
}
