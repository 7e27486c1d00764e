import type { ConnectionPart, StoreConnection } from "../cluster-store/connection.ts";
import type { StoreSession } from "../cluster-store/session.ts";
import { answerControl } from "../control/control-request.ts";
import type { SessionControl } from "../control/session-control.ts";
import type { LimitContext, SharedLimits } from "../limits/limits.ts";
import { RemoteLimits } from "../limits/remote-limits.ts";
import { SharedSlots, type SlotOwner } from "../limits/shared-slots.ts";
import type { LimitOptions } from "../limits/slots.ts";
import { TAKEOVER_MS } from "../limits/takeover.ts";
import { BurstLog } from "../telemetry/burst-log.ts";
import type { Logger } from "../telemetry/log.ts";
import type { StoredVersion } from "../tokens/cluster/locks.ts";
import { ClusterControl } from "./cluster-control.ts";
import { Membership } from "./membership.ts";
import { type GatewayHandlers, GatewayMessages } from "./messages.ts";
import { StoreSlots } from "./store-slots.ts";

/** How long another gateway may take to end a session that is replaced, in milliseconds. */
const END_MS = 2000;

/** What a {@link Cluster} is made with. */
export interface ClusterOptions {
  /** What people call this gateway. */
  readonly name: string;
  /** How long after its last beat a gateway counts as gone, in milliseconds. */
  readonly leaseMs: number;
  readonly limits: LimitOptions;
  /** The connection, which has {@link Cluster.parts}. */
  readonly store: () => Pick<StoreConnection, "run" | "checkSettled">;
  readonly log: Logger;
}

/** Reads in the store, after what was read last. @throws Error when it does not answer. */
export type ReadLock = (id: string) => Promise<StoredVersion | undefined>;

/** This gateway among those that share its store: it knows the others, counts with them, and controls their sessions. */
export class Cluster {
  readonly membership: Membership;
  /** The sessions of all gateways. Each process of this one is an owner. */
  readonly slots: SharedSlots<SlotOwner>;
  /** What the connection is made with, in this order. */
  readonly parts: readonly ConnectionPart[];
  readonly #options: ClusterOptions;
  readonly #messages: GatewayMessages;
  readonly #table: StoreSlots;

  constructor(options: ClusterOptions) {
    const { limits, store, log } = options;
    this.#options = options;
    const bursts = new BurstLog(log);
    this.membership = new Membership(options);
    this.#messages = new GatewayMessages({
      id: this.membership.self.id,
      send: async (gateway, message) =>
        await store().run(async (session) => await session.messages.send(gateway, message)),
      onMalformed: (problem) => bursts.write({ problem }, "a message of another gateway is malformed"),
    });
    this.#table = new StoreSlots({
      limits,
      membership: this.membership,
      store,
      gateway: (id) => this.#gateway(id),
    });
    this.slots = new SharedSlots(this.#table);
    this.parts = [this.membership, { prepare: async (session) => await this.#listen(session) }, this.#table];
  }

  /**
   * Controls the sessions of all gateways. The others control those of this one from now on, through `own`.
   *
   * @param readLock - gives what the store has of a lock.
   */
  control(own: SessionControl, readLock: ReadLock): SessionControl {
    this.#messages.handle(this.#handlers(own, readLock));
    const { membership } = this;
    const refresh = async (): Promise<void> =>
      await this.#options.store().run(async (session) => await membership.refresh(session));
    return new ClusterControl({ own, membership, messages: this.#messages, refresh });
  }

  /** The limits of a gateway of one process. */
  limits(context: LimitContext): SharedLimits {
    const owner: SlotOwner = {
      end: async ({ session }, detail) => context.replace(session, detail),
      ask: async ({ session }, by, signal) => await context.ask(session, by, signal),
    };
    return new RemoteLimits(this.slots.of(owner), context, true);
  }

  /** Leaves, so that the others need not wait until the lease ends. */
  async leave(): Promise<void> {
    await this.#options.store().run(async (session) => await this.membership.leave(session));
  }

  async #listen(session: StoreSession): Promise<void> {
    await session.messages.receive(this.membership.self.id, (message) => this.#messages.receive(message));
  }

  /** Another gateway, as the owner of its sessions' leases. */
  #gateway(id: string): SlotOwner {
    return {
      end: async ({ id: lease }, detail) => {
        await this.#messages.ask<"end_replaced">(id, { type: "end_replaced", lease, detail }, { timeoutMs: END_MS });
      },
      ask: async ({ id: lease }, by, signal) =>
        await this.#messages.ask<"ask_takeover">(
          id,
          { type: "ask_takeover", lease, by },
          { timeoutMs: TAKEOVER_MS + END_MS, signal },
        ),
    };
  }

  #handlers(own: SessionControl, readLock: ReadLock): GatewayHandlers {
    return {
      list: async (request) => await answerControl<"list">(own, request),
      get: async (request) => await answerControl<"get">(own, request),
      end: async (request) => await answerControl<"end">(own, request),
      extend: async (request) => await answerControl<"extend">(own, request),
      lock: async (request) => {
        const { id, createdAt } = request.lock;
        const effect = await answerControl<"lock">(own, request);
        // The message may have come late. It is written at the same time: where it is later, the log tells of it.
        const { version = 0, lock } = (await readLock(id)) ?? {};
        if (lock === undefined && version > createdAt) await own.unlock(id);
        return effect;
      },
      unlock: async (request) => {
        const known = await readLock(request.id);
        // It was locked again meanwhile.
        if (known?.lock !== undefined) return { answer: null, unavailable: [], replaced: [] };
        return await answerControl<"unlock">(own, request);
      },
      end_replaced: async ({ lease, detail }) => {
        const held = this.#table.find(lease);
        await held?.owner.end(held.lease, detail);
        return null;
      },
      ask_takeover: async ({ lease, by }, signal) => {
        const held = this.#table.find(lease);
        return held === undefined ? "allowed" : await held.owner.ask(held.lease, by, signal);
      },
    };
  }
}
