import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { EndCommand } from "../../control/selection.ts";
import type { SessionControl } from "../../control/session-control.ts";
import { readFileOf } from "../../read-file.ts";
import { logError, type Logger } from "../../telemetry/log.ts";
import type { ClusterFigures } from "../../telemetry/metrics.ts";
import { inTime } from "../../time/in-time.ts";
import { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { GatewayMember } from "../membership.ts";
import { StoreLoss } from "../store-loss.ts";
import { createPeerControl } from "./peer-control.ts";
import { answerPeer } from "./peer-handlers.ts";
import type { PeerAddress } from "./peer-http.ts";
import { PeerLink, PeerRefused } from "./peer-link.ts";
import { PeerLocks } from "./peer-locks.ts";
import { type OwnPeerSessions, PeerReconciler } from "./peer-reconcile.ts";
import { parsePeerMessage, type PeerState } from "./peer-schemas.ts";
import { PeerRevocations } from "./peer-revocations.ts";
import { PeerTokenStore } from "./peer-tokens.ts";
import { StartHold } from "./start-hold.ts";

/** How long the start waits for peers that do not answer, in milliseconds. */
const START_MS = 2000;

/** What the sessions are told that end because the issuer of their token is away. */
const LOST = {
  reason: "lookup_failed",
  detail: "the gateway that issued the token does not answer, so it is not known whether access still holds",
} as const;

/** What the sessions are told that end because the issuer of their token is no peer any more. */
const LEFT = {
  reason: "lookup_failed",
  detail: "the gateway that issued the token is not in cluster.peers any more",
} as const;

/** The options of peers, as configured. */
export interface PeerSettings {
  readonly name: string | null;
  readonly on_store_loss: "keep" | { readonly end_after: number };
  readonly peers: readonly { readonly url: string; readonly key: string; readonly ca: string | null }[];
}

/** Another gateway. */
interface Peer {
  readonly link: PeerLink;
  /** What becomes of its sessions while it is away; undefined until those of this gateway are known. */
  loss: StoreLoss | undefined;
}

/** What a {@link PeerCluster} is made with. */
export interface PeerClusterOptions {
  readonly settings: PeerSettings;
  /** Path of the embedded token store. */
  readonly tokensPath: string;
  readonly log: Logger;
  /** Test seams. @defaultValue 1,000, 1,000 and 10,000 */
  readonly beatMs?: number;
  readonly answerMs?: number;
  readonly holdMs?: number;
}

/** A gateway that works as one with others without a store: it asks their admin API, and they ask its own. */
export class PeerCluster {
  /** There is no store that counts the sessions of all gateways. */
  readonly members = undefined;
  /** Keeps the tokens of this gateway, and looks those of the others up. */
  readonly store: PeerTokenStore;
  /** The same, less what the peers have. */
  readonly own: SqliteTokenStore;
  readonly figures: ClusterFigures;
  readonly #self: GatewayMember;
  readonly #hold: StartHold;
  readonly #options: PeerClusterOptions;
  #peers: readonly Peer[];
  readonly #locks: PeerLocks;
  readonly #revocations: PeerRevocations;
  /** Those that lead to a gateway to which another one leads: that stays so until the list changes. */
  readonly #duplicates = new Map<PeerLink, PeerLink>();
  #sessions: OwnPeerSessions | undefined;
  #isStopped = false;
  #reconciler: PeerReconciler | undefined;

  /** @throws Error naming a file that cannot be read or opened. */
  constructor(options: PeerClusterOptions) {
    const { settings, tokensPath, log } = options;
    this.#options = options;
    this.#self = { id: randomBytes(12).toString("hex"), name: settings.name ?? hostname(), since: Date.now() };
    this.#peers = readAddresses(settings).map((address) => this.#createPeer(address));
    this.own = new SqliteTokenStore(tokensPath);
    this.#locks = new PeerLocks({ store: this.own });
    this.#revocations = new PeerRevocations({ store: this.own, links: () => this.#links, log });
    this.#hold = new StartHold({ links: () => this.#others, holdMs: options.holdMs });
    this.store = new PeerTokenStore({
      own: this.own,
      locks: this.#locks,
      revocations: this.#revocations,
      links: () => this.#others,
      hold: this.#hold,
      beforeClose: () => this.#stop(),
    });
    this.figures = {
      endAfter: this.#endAfterMs ?? Infinity,
      gateways: () => 1 + this.#others.filter(({ isOpen }) => isOpen).length,
      clockDifference: () => this.#worstClock,
      peers: () =>
        this.#links.map((link) => ({
          peer: new URL(link.url).host,
          isOpen: link.isOpen,
          contactAge: performance.now() - link.lastContact,
          revocationsWaiting: this.#revocations.countFor(link),
        })),
    };
  }

  /** Controls the sessions of this gateway and of its peers. */
  join(sessions: OwnPeerSessions): SessionControl {
    const { control } = sessions;
    this.#sessions = sessions;
    const { own, store } = this;
    this.#reconciler = new PeerReconciler({ sessions, own, store, locks: this.#locks, revocations: this.#revocations });
    for (const peer of this.#peers) peer.loss = this.#watchLoss(peer.link, control);
    const { answerMs } = this.#options;
    return createPeerControl({
      own: control,
      self: this.#self,
      links: () => this.#others,
      locks: this.#locks,
      answerMs,
    });
  }

  /** Takes over what the peers know that are there. Those that are not are asked every second from then on. */
  async connect(): Promise<void> {
    const started = Promise.all(this.#links.map(async (link) => await link.start()));
    await inTime(async () => await started, START_MS).catch(() => {});
  }

  /**
   * Answers a peer, which has a key of this gateway.
   *
   * @throws TypeError saying what is wrong with the message.
   */
  async answer(message: unknown): Promise<unknown> {
    const request = parsePeerMessage(message);
    if (this.#sessions === undefined) throw new Error("it is starting");
    const { control } = this.#sessions;
    const { own, store } = this;
    const [locks, revocations] = [this.#locks, this.#revocations];
    const [self, hold] = [this.#self, this.#hold];
    return await answerPeer(request, { control, own, store, locks, revocations, self, hold });
  }

  /**
   * Reads what another list of peers needs.
   *
   * @returns takes the list: one with a new key or authorities is asked with these, one that is new is asked, and the
   *   sessions end whose token one has issued that is gone.
   * @throws Error naming a file that cannot be read.
   */
  prepare(settings: Pick<PeerSettings, "peers">): () => void {
    const addresses = readAddresses(settings);
    return () => this.#configure(addresses);
  }

  /** What `/readyz` adds while a peer is away. */
  get note(): string | undefined {
    const notes = this.#peers.flatMap(({ link, loss }, index) => {
      const { isOpen, isRefused, gatewayId, name } = link;
      const waiting = this.#revocations.countFor(link);
      // Everybody may ask: it does not tell addresses.
      const entry = `cluster.peers.${index}`;
      if (isRefused) return `${entry} is no other gateway`;
      const peer = gatewayId === undefined ? entry : `gateway ${name}`;
      const away = `${peer} is away: its tokens open nothing here, their sessions go on ${loss?.bound}`;
      const of = `${waiting === 1 ? "1 revocation waits" : `${waiting} revocations wait`} for ${peer}`;
      return [...(isOpen ? [] : [away]), ...(waiting === 0 ? [] : [of])];
    });
    return notes.length === 0 ? undefined : notes.join("; ");
  }

  /** The store is closed with the other sources of tokens. */
  async close(): Promise<void> {
    this.#stop();
  }

  #stop(): void {
    this.#isStopped = true;
    for (const peer of this.#peers) close(peer);
  }

  #createPeer(address: PeerAddress): Peer {
    const { log, beatMs, answerMs } = this.#options;
    return { link: new PeerLink({ ...address, log, beatMs, answerMs, reconcile: this.#reconcile }), loss: undefined };
  }

  #watchLoss(link: PeerLink, control: SessionControl): StoreLoss {
    const end = (): void => this.#endSessionsOf(link, control, LOST);
    const of = `gateway ${link.name}`;
    return new StoreLoss({ connection: link, endAfterMs: this.#endAfterMs, end, of, log: this.#options.log });
  }

  #endSessionsOf({ url }: PeerLink, control: SessionControl, command: EndCommand): void {
    void control
      .end({ by: "issuer", issuer: url }, command)
      .catch((error: unknown) => logError(this.#options.log, { level: "error", error }, "sessions not ended"));
  }

  #configure(addresses: readonly PeerAddress[]): void {
    // Nothing would stop what asks the new ones.
    if (this.#isStopped) return;
    const control = this.#sessions?.control;
    const before = this.#peers;
    const known = (url: string): Peer | undefined => before.find(({ link }) => link.url === url);
    this.#peers = addresses.map((address) => known(address.url) ?? this.#createPeer(address));
    const left = before.filter((peer) => !this.#peers.includes(peer));
    if (this.#peers.length !== before.length || left.length > 0) this.#duplicates.clear();
    for (const peer of left) {
      close(peer);
      this.#revocations.leave(peer.link);
      this.#reconciler?.leave(peer.link);
      if (control !== undefined) this.#endSessionsOf(peer.link, control, LEFT);
    }
    for (const [index, address] of addresses.entries()) {
      const peer = this.#peers[index];
      if (peer === undefined) continue;
      peer.link.configure(address);
      if (before.includes(peer) || control === undefined) continue;
      peer.loss = this.#watchLoss(peer.link, control);
      void peer.link.start();
    }
  }

  get #links(): readonly PeerLink[] {
    return this.#peers.map(({ link }) => link);
  }

  /** Less those that are none. */
  get #others(): readonly PeerLink[] {
    return this.#links.filter(({ isRefused }) => !isRefused);
  }

  get #endAfterMs(): number | undefined {
    const { on_store_loss: policy } = this.#options.settings;
    return policy === "keep" ? undefined : policy.end_after * 1000;
  }

  get #worstClock(): number {
    const differences = this.#others.map(({ clockDifference }) => clockDifference);
    return differences.reduce((worst, each) => (Math.abs(each) > Math.abs(worst) ? each : worst), 0);
  }

  readonly #reconcile = async (link: PeerLink, state: PeerState, isNew: boolean): Promise<void> => {
    if (!this.#links.includes(link)) return;
    this.#checkIdentity(link, state);
    await this.#reconciler?.reconcile(link, state, isNew);
  };

  /** @throws PeerRefused */
  #checkIdentity(link: PeerLink, { id }: PeerState): void {
    if (id === this.#self.id) throw new PeerRefused("it is this gateway itself");
    const others = this.#links.filter((other) => other !== link && other.gatewayId === id);
    const isFirst = (other: PeerLink): boolean => this.#links.indexOf(other) < this.#links.indexOf(link);
    const first =
      this.#duplicates.get(link) ??
      others.find((other) => other.lastContact > -Infinity && !this.#duplicates.has(other)) ??
      // Both answer for the first time now.
      others.find((other) => !other.isAway && !this.#duplicates.has(other) && isFirst(other));
    if (first === undefined) return;
    this.#duplicates.set(link, first);
    throw new PeerRefused(`it is the gateway of ${first.url}`);
  }
}

function close({ link, loss }: Peer): void {
  loss?.close();
  link.close();
}

/** @throws Error naming a file that cannot be read. */
function readAddresses({ peers }: Pick<PeerSettings, "peers">): readonly PeerAddress[] {
  return peers.map(({ url, key, ca }, index) => ({
    url,
    key,
    ca: ca === null ? undefined : readFileOf(`cluster.peers.${index}.ca`, ca),
  }));
}
