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
import { pageLimit } from "../paging.ts";
import { inTime } from "../time/in-time.ts";
import type { GatewayMember, Membership } from "./membership.ts";
import { type AskList, readLists } from "./list-reader.ts";
import type { GatewayMessages } from "./messages.ts";

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
  /** Test seam: how long the others may take to answer, in milliseconds. @defaultValue 1,000 */
  readonly answerMs?: number | undefined;
}

/** How a gateway answered. */
interface Asked<Type extends ControlType> {
  readonly gateway: GatewayMember;
  readonly result: PromiseSettledResult<ControlAnswer<Type>>;
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
    const { membership, answerMs = ANSWER_MS } = this.#options;
    const dueAt = performance.now() + answerMs;
    const asked = isList(request)
      ? // The compiler does not see that `Type` is "list".
        ((await this.#readLists(request, dueAt)) as unknown as readonly Asked<Type>[])
      : await this.#askEach<Type>(request, dueAt);
    const named = asked.map(({ gateway, result }) => {
      const name = membership.nameOf(gateway);
      if (result.status === "fulfilled") return nameGateway(request.type, result.value, name);
      const reason = result.reason instanceof Error ? result.reason.message : String(result.reason);
      return { answers: [], unavailable: [{ member: `gateway ${name}`, reason }], replaced: [] };
    });
    return {
      answers: named.flatMap(({ answers }) => answers),
      unavailable: named.flatMap(({ unavailable }) => unavailable),
      replaced: named.flatMap(({ replaced }) => replaced),
    };
  }

  /** Those that were there last. */
  get #others(): readonly GatewayMember[] {
    const { membership } = this.#options;
    return membership.live.filter(({ id }) => id !== membership.self.id);
  }

  /** Without the store, those that were there last cannot be asked, and are named. */
  async #findOthers(): Promise<readonly GatewayMember[]> {
    await inTime(this.#options.refresh, REFRESH_MS).catch(() => {});
    return this.#others;
  }

  /**
   * This gateway does not wait for the store, and those that are known are asked before anything else is sent there: they
   * would read in the store what has happened, and answer that nothing was left to be done.
   */
  async #askEach<Type extends ControlType>(
    request: ControlRequestOf<Type>,
    dueAt: number,
  ): Promise<readonly Asked<Type>[]> {
    const ask = async (gateway: GatewayMember): Promise<Asked<Type>> => {
      const [result] = await Promise.allSettled([this.#ask<Type>(gateway, request, dueAt)]);
      return { gateway, result };
    };
    const own = ask(this.#options.membership.self);
    const asked = new Map(this.#others.map((gateway) => [gateway.id, ask(gateway)]));
    const others = await this.#findOthers();
    return await Promise.all([own, ...others.map((gateway) => asked.get(gateway.id) ?? ask(gateway))]);
  }

  async #readLists(request: ControlRequestOf<"list">, dueAt: number): Promise<readonly Asked<"list">[]> {
    const gateways = [this.#options.membership.self, ...(await this.#findOthers())];
    const lists = gateways.map(
      (gateway): AskList =>
        async (part) =>
          await this.#ask<"list">(gateway, part, dueAt),
    );
    const results = await readLists(lists, request, pageLimit(request.page.limit));
    return results.flatMap((result, index) => {
      const gateway = gateways[index];
      return gateway === undefined ? [] : { gateway, result };
    });
  }

  async #ask<Type extends ControlType>(
    { id }: GatewayMember,
    request: ControlRequestOf<Type>,
    dueAt: number,
  ): Promise<ControlAnswer<Type>> {
    const { own, membership, messages } = this.#options;
    if (id === membership.self.id) return await answerControl(own, request);
    const timeoutMs = Math.max(dueAt - performance.now(), 0);
    // The same, which the compiler does not see of an answer whose type is a parameter.
    return (await messages.ask<Type>(id, request, { timeoutMs })) as unknown as ControlAnswer<Type>;
  }
}

function isList(request: ControlRequest): request is ControlRequestOf<"list"> {
  return request.type === "list";
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
