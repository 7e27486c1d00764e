import type { SessionControl } from "../control/session-control.ts";
import type { ForeignToken } from "../tokens/grant.ts";
import type { GatewayCluster, OwnSessions } from "./gateway-cluster.ts";
import type { PeerCluster, PeerSettings } from "./peers/peer-cluster.ts";
import type { OwnPeerSessions } from "./peers/peer-reconcile.ts";

/** What makes several gateways one: a store that they share, or that each asks the others. */
export type JoinedCluster = GatewayCluster | PeerCluster;

/** The tokens of a gateway's sessions now. */
export interface SessionTokens {
  readonly tokenIds: readonly string[];
  /** Those of them that a peer has issued. */
  readonly foreignTokens: readonly ForeignToken[];
}

/** The sessions of a gateway of one process, for those that control them from other gateways. */
export function sessionsOf(control: SessionControl, sessions: SessionTokens): OwnSessions & OwnPeerSessions {
  return {
    control,
    tokenIds: async () => sessions.tokenIds,
    foreignTokens: async () => sessions.foreignTokens,
  };
}

/** Answers the messages of peers; undefined where there are none. */
export function peerAnswers(cluster: JoinedCluster | undefined): ((message: unknown) => Promise<unknown>) | undefined {
  return cluster !== undefined && hasPeers(cluster) ? async (message) => await cluster.answer(message) : undefined;
}

/**
 * Reads what another list of peers needs.
 *
 * @returns takes it; does nothing where there are none.
 * @throws Error naming a file that cannot be read.
 */
export function preparePeers(cluster: JoinedCluster | undefined, settings: PeerSettings): () => void {
  return hasPeers(cluster) ? cluster.prepare(settings) : () => {};
}

/** Whether it asks the others, and has no store. */
export function hasPeers(cluster: JoinedCluster | undefined): cluster is PeerCluster {
  return cluster !== undefined && cluster.members === undefined;
}
