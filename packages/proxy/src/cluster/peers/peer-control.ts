import type { SessionControl } from "../../control/session-control.ts";
import type { ControlAnswer, ControlRequestOf, ControlType } from "../../control/control-request.ts";
import { ClusterControl, type ClusterControlOptions } from "../cluster-control.ts";
import type { GatewayMember } from "../membership.ts";
import type { PeerLink } from "./peer-link.ts";
import type { PeerLocks } from "./peer-locks.ts";
import type { PeerControlRequest, PeerRequestOf } from "./peer-schemas.ts";

/** What {@link createPeerControl} is made with. */
export interface PeerControlOptions {
  /** Controls the sessions of this gateway. */
  readonly own: SessionControl;
  readonly self: GatewayMember;
  /** The peers, less those that are none. */
  readonly links: () => readonly PeerLink[];
  readonly locks: Pick<PeerLocks, "find" | "withVersion">;
  /** As of {@link ClusterControlOptions}. */
  readonly answerMs?: number | undefined;
}

/** Controls the sessions of this gateway and of its peers. A peer that is away is asked, too, and then named. */
export function createPeerControl({ own, self, links, locks, answerMs }: PeerControlOptions): SessionControl {
  const members = (): readonly GatewayMember[] => links().map(({ url, name }) => ({ id: url, name, since: 0 }));
  const membership: ClusterControlOptions["membership"] = {
    self,
    get live() {
      return [self, ...members()];
    },
    nameOf: ({ id, name }) => {
      const others = [self, ...members()].filter((other) => other.id !== id);
      if (!others.some((other) => other.name === name)) return name;
      const link = links().find(({ url }) => url === id);
      return `${name} (${link === undefined ? self.id.slice(0, 6) : new URL(link.url).host})`;
    },
  };
  const ask = async <Type extends ControlType>(
    url: string,
    request: ControlRequestOf<Type>,
    timeoutMs: number,
  ): Promise<ControlAnswer<Type>> => {
    const link = links().find((each) => each.url === url);
    if (link === undefined) throw new Error("it is none of the peers");
    const versioned = withVersion(request, locks) as PeerRequestOf<PeerControlRequest["type"]>;
    return (await link.ask<PeerControlRequest["type"]>(versioned, timeoutMs)) as unknown as ControlAnswer<Type>;
  };
  const messages = {
    ask: async (url: string, request: ControlRequestOf<ControlType>, { timeoutMs }: { readonly timeoutMs: number }) =>
      await ask(url, request, timeoutMs),
  } as unknown as ClusterControlOptions["messages"];
  return new ClusterControl({ own, membership, messages, refresh: async () => {}, answerMs });
}

/** As peers are told: of locks, which of several counts. */
function withVersion(request: ControlRequestOf<ControlType>, locks: PeerControlOptions["locks"]): PeerControlRequest {
  if (request.type === "unlock") {
    return { type: "lift", id: request.id, version: locks.find(request.id)?.version ?? Date.now() };
  }
  if (request.type !== "lock") return request;
  // It is asked for before it is written here.
  return { type: "lock", lock: locks.withVersion(request.lock) };
}
