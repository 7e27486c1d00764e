import type { Server } from "node:http";
import type { Config, ConfigInput } from "./config/config.ts";
import type { JoinedCluster } from "./cluster/joined-cluster.ts";
import type { LimitContext, SharedLimits } from "./limits/limits.ts";
import type { RequestHandler } from "./http/page/handler.ts";
import type { UpgradeHandler } from "./http/upgrade.ts";
import type { RegistryOptions, SessionRegistry } from "./sessions/registry.ts";
import type { EventObserver } from "./telemetry/events.ts";
import type { Logger } from "./telemetry/log.ts";
import type { Clock } from "./time/clock.ts";
import type { NamedCheck } from "./control/health.ts";
import type { OpenedTokens } from "./tokens/open.ts";
import type { TokenSource } from "./tokens/source.ts";
import type { TokenStore } from "./tokens/store.ts";

/** Options of `createGateway`. */
export interface GatewayOptions {
  /** Configuration as in `curfew.yaml`; every option has a default. */
  readonly config?: ConfigInput;
  /**
   * Where tokens are looked up, in place of the embedded store: a token source, or a store that the admin API can
   * issue tokens from. `tokens.sources` are asked after it. @defaultValue the embedded store at `tokens.path`
   */
  readonly tokens?: TokenSource | TokenStore;
  /** @defaultValue JSON lines to standard error, from `log.level` on */
  readonly log?: Logger;
  /** Test seam. @defaultValue the system's clocks */
  readonly clock?: Clock;
}

/** Where a gateway listens, as URLs without a path. */
export interface ListeningAt {
  readonly url: string;
  readonly adminUrl: string;
}

/** A gateway. Made by `createGateway`. */
export interface Gateway {
  readonly config: Config;
  /** The bearer key of the admin API: `admin.key`, or the generated one. */
  readonly adminKey: string;
  /**
   * Issues and lists tokens; undefined where only a token source was given. To revoke one, call {@link Gateway.revoke},
   * which ends its sessions, too.
   */
  readonly tokens: TokenStore | undefined;
  readonly sessions: SessionRegistry;
  /**
   * Revokes a token and ends the sessions that it opened or renewed last.
   *
   * @param tokenId - the grant's `tokenId`. With a token source of your own, revoke the token there first.
   * @returns how many sessions were ended; undefined when the token store has no such token.
   * @throws Error when the store cannot write the revocation. The sessions are ended and the token is refused all the
   * same, for as long as this gateway runs, and the store is asked again.
   */
  revoke(tokenId: string): Promise<number | undefined>;
  /** For a server of your own: takes over an upgrade request, whatever its path. */
  readonly handleUpgrade: UpgradeHandler;
  /** For a server of your own: answers GET and HEAD with the page, its assets, `/healthz` and `/readyz`, or 404. */
  readonly handleRequest: RequestHandler;
  /**
   * Takes over upgrade requests of an existing server under `path`, and nothing else of it. If the server has no other
   * listener for upgrades, those outside `path` are answered with 404.
   *
   * @param path - the start of the paths to take. @defaultValue "/", every upgrade
   * @returns a function that detaches the gateway from the server; running sessions go on.
   */
  attach(server: Server, path?: string): () => void;
  /**
   * Listens at `listen`, over TLS with `cert`, and at `admin.listen`.
   *
   * @throws Error naming the address that cannot be listened at, the token source that cannot be opened, or what is
   * wrong with the certificate.
   */
  listen(): Promise<ListeningAt>;
  /**
   * Refuses new sessions, gives the running ones `timeoutMs` to finish, then ends them as `server_draining`, and closes
   * everything, within 25 s after the last session has ended. Called again, the shorter time counts.
   *
   * @param timeoutMs - milliseconds; more than 24 days count as 24 days. @defaultValue `sessions.drain_timeout`
   * @throws RangeError when it is negative or not a number.
   */
  drain(timeoutMs?: number): Promise<void>;
  /** {@link drain} without waiting. */
  close(): Promise<void>;
}

/** What a `LocalGateway` is made with, besides a configuration that was checked already. */
export interface LocalGatewayOptions extends Pick<GatewayOptions, "clock"> {
  readonly log: Logger;
  /** Closed with the gateway. */
  readonly tokens: OpenedTokens;
  /** Counts the sessions of several processes, against what they share. */
  readonly limits?: (context: LimitContext) => SharedLimits;
  /** What it shares with other gateways, the store of `tokens` included. Closed with the gateway. */
  readonly cluster?: JoinedCluster | undefined;
  /** Whether other processes listen at the public port, too. @defaultValue false */
  readonly sharesPort?: boolean;
  /** Id of the gateway of a worker in the audit trail. */
  readonly gatewayId?: string | undefined;
  /** What else has to be well for `/readyz`. */
  readonly checks?: readonly NamedCheck[];
  /** What else `/readyz` says, once its checks are done. @defaultValue what `cluster` has to say */
  readonly note?: () => string | undefined;
  /** What TLS session tickets are encrypted with. @defaultValue this process' own */
  readonly ticketSecret?: Buffer;
  /** Hear of the gateway's events after the log and the metrics. */
  readonly observers?: readonly EventObserver[];
  /** What hears of each step until a session is open. Other consoles, or taps: test seam. */
  readonly dataPath?: Partial<Pick<RegistryOptions, "consoles" | "createTaps" | "traces">>;
}
