import { randomBytes } from "node:crypto";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { hasPeers, type JoinedCluster, peerAnswers, preparePeers } from "./cluster/joined-cluster.ts";
import { Administration } from "./administration.ts";
import type { Config } from "./config/config.ts";
import { type ConfigChanges, changesOf, reloadedConfig } from "./config/reload.ts";
import type { Gateway, ListeningAt } from "./gateway-types.ts";
import { createConsoles } from "./consoles/index.ts";
import { SharedSlots, type SlotOwner } from "./limits/shared-slots.ts";
import { Slots } from "./limits/slots.ts";
import { warnOfLimits } from "./limits/warnings.ts";
import type { Address } from "./net/address.ts";
import { type ClaimedAddress, claimAddress, reservePort } from "./net/listen.ts";
import { AUDIT, type Audit, openAudit } from "./telemetry/audit/audit.ts";
import { LabelCounters } from "./telemetry/counters.ts";
import { EventStream } from "./telemetry/event-stream.ts";
import { EventBus } from "./telemetry/event-bus.ts";
import { logObserver } from "./telemetry/log-observer.ts";
import type { Logger } from "./telemetry/log.ts";
import { checkPublicPort } from "./http/public-port.ts";
import { readClientAuthorities } from "./http/tls/client-certificate.ts";
import { createReadiness } from "./http/readiness.ts";
import { type NamedCheck, HealthChecks } from "./control/health.ts";
import { openTargetTls } from "./targets/target-tls.ts";
import { timerDelay } from "./time/delay.ts";
import type { ForeignToken } from "./tokens/grant.ts";
import { closeTokens, type OpenedTokens, partsOf, whenOpen } from "./tokens/open.ts";
import { giveUpSources, replaceSources } from "./tokens/replace-sources.ts";
import type { TokenStore } from "./tokens/store.ts";
import type { SessionControl } from "./control/session-control.ts";
import { RecentEffects } from "./control/recent-effects.ts";
import { TOKEN_REVOKED } from "./control/token-revoker.ts";
import { Withdrawals } from "./control/withdrawals.ts";
import { WorkerPool, type WorkerPoolOptions } from "./workers/worker-pool.ts";
import type { WorkerProcess } from "./workers/worker-process.ts";
import { poolControl } from "./workers/pool-control.ts";
import { PoolStatus } from "./workers/pool-status.ts";
import { answersOf } from "./workers/remote-store.ts";
import type { WorkerSettings } from "./worker.ts";
import { BUILD } from "./version.ts";

/** What a {@link Primary} is made with, besides a configuration that was checked already. */
export interface PrimaryOptions {
  readonly log: Logger;
  /** What the workers open as well, except for a store that they ask this process for. Closed with the primary. */
  readonly tokens: OpenedTokens<TokenStore>;
  /** What it shares with other gateways. Closed with the primary. */
  readonly cluster: JoinedCluster | undefined;
}

/**
 * A gateway of several processes. The workers accept the browsers' connections and run the sessions. This process,
 * the primary, has the admin API, and counts the sessions of all workers against the limits.
 */
export class Primary implements Pick<Gateway, "adminKey" | "listen" | "drain"> {
  readonly adminKey: string;
  #config: Config;
  #tokens: OpenedTokens<TokenStore>;
  readonly #administration: Administration;
  readonly #slots: SharedSlots<SlotOwner>;
  /** @internal */
  readonly log: Logger;
  readonly #pool: WorkerPool;
  /** What the workers encrypt TLS session tickets with, in base64. */
  readonly #ticketSecret = randomBytes(32).toString("base64");
  readonly #cluster: JoinedCluster | undefined;
  /** Of all gateways of a cluster. */
  readonly #control: SessionControl;
  readonly #withdrawals: Withdrawals;
  readonly #status: PoolStatus;
  /** What this process' own event observers threw. */
  readonly #failures = new LabelCounters(["log", AUDIT, "events"]);
  /** For clients of the admin API. While there is one, the workers send what happens there. */
  readonly #stream = new EventStream((isActive) => {
    for (const { channel } of this.#pool.workers) channel.tell({ type: "follow", isActive });
  });
  /** What the admin API is asked for; each worker writes what its sessions do. */
  readonly #audit: Audit | undefined;
  readonly #events: EventBus;
  /** Where the workers listen, and their replacements. */
  #listen: Address;
  #adminListen: Address;
  /** False only after a start that failed, which is told in other words than a stop. */
  #isStarted = true;
  #draining = false;
  #closed: Promise<void> | undefined;
  /** What a reload has opened since then is closed by it. */
  #hasClosedTokens = false;

  constructor(config: Config, { log, tokens, cluster }: PrimaryOptions) {
    this.#config = config;
    this.#administration = new Administration(config, log);
    this.adminKey = this.#administration.key;
    this.#listen = config.listen;
    this.#adminListen = config.admin.listen;
    this.#tokens = tokens;
    this.log = log;
    this.#cluster = cluster;
    this.#audit = openAudit(config, this.log);
    this.#events = this.#createEvents();
    this.#slots = this.#cluster?.members?.slots ?? new SharedSlots<SlotOwner>(new Slots(config.sessions));
    this.#pool = new WorkerPool({
      size: config.workers,
      entry: fileURLToPath(new URL(`worker-main${extname(import.meta.url)}`, import.meta.url)),
      log: this.log,
      handlers: (worker) => this.#handlers(worker),
      gone: (worker, how) => this.#release(worker, how),
    });
    const own = new RecentEffects(poolControl(this.#pool));
    const tokenIds = async (): Promise<readonly string[]> =>
      await this.#askWorkers(async ({ channel }) => await channel.ask({ type: "token_ids" }));
    const foreignTokens = async (): Promise<readonly ForeignToken[]> =>
      await this.#askWorkers(async ({ channel }) => await channel.ask({ type: "foreign_tokens" }));
    this.#control = this.#cluster?.join({ control: own, tokenIds, foreignTokens }) ?? own;
    this.#withdrawals = new Withdrawals({ store: tokens.store, control: this.#control, own, log: this.log });
    // The workers have no connection to the store of a cluster, and read a file themselves.
    if (this.#isClustered) {
      this.#cluster?.store.onRevoked(
        (tokenId) => void own.end({ by: "token", tokenId }, TOKEN_REVOKED).catch(() => {}),
      );
    }
    this.#status = new PoolStatus({
      pool: this.#pool,
      draining: () => this.#draining,
      failures: this.#failures,
      ...this.#administration.counts,
      cluster: this.#cluster?.figures,
    });
  }

  /** How the requests of a worker are answered. */
  #handlers(worker: WorkerProcess): ReturnType<WorkerPoolOptions["handlers"]> {
    return {
      settings: (): WorkerSettings => ({
        config: this.#workerConfig,
        ticketSecret: this.#ticketSecret,
        isFollowed: this.#stream.isActive,
        gatewayId: this.#audit?.gatewayId,
        isClustered: this.#isClustered,
        hasPeers: hasPeers(this.#cluster),
      }),
      events: ({ events, lost }) => {
        for (const event of events) this.#stream.publish(event);
        if (lost > 0) this.#stream.publishGap(lost);
        return null;
      },
      unwritten_revocations: () => this.#withdrawals.revoker.unwritten,
      locks: () => this.#withdrawals.locker.all,
      ...answersOf(this.#tokens.store),
      ping: () => this.#cluster?.note ?? null,
      acquire: async ({ lease }) => await this.#slots.acquire(lease, worker),
      acquire_by_asking: async ({ lease }) => await this.#slots.acquireByAsking(lease, worker),
      announce: ({ leases }) => {
        this.#slots.announce(leases, worker);
        return null;
      },
      release: ({ leaseId }) => {
        this.#slots.release(leaseId);
        return null;
      },
    };
  }

  /** A worker has ended; `how`, unless it has done so as it should. */
  #release(worker: WorkerProcess, how: string | undefined): void {
    if (how !== undefined) this.#events.notify({ type: "worker_lost", worker: worker.pid ?? 0, how });
    this.#slots.releaseOwner(worker);
    this.#status.keep(worker);
  }

  #createEvents(): EventBus {
    const observers = [logObserver(this.log), ...(this.#audit === undefined ? [] : [this.#audit]), this.#stream];
    return new EventBus(observers, { log: this.log, failures: this.#failures });
  }

  async listen(): Promise<ListeningAt> {
    try {
      warnOfLimits(this.#config, this.log);
      await this.#audit?.open();
      await this.#cluster?.connect();
      await whenOpen(this.#tokens);
      const admin = await claimAddress(this.#config.admin.listen, "admin.listen");
      try {
        return await this.#listenAt(admin);
      } finally {
        admin.release();
      }
    } catch (error) {
      this.#isStarted = false;
      await this.drain(0);
      throw error;
    }
  }

  async #listenAt(admin: ClaimedAddress): Promise<ListeningAt> {
    const shared = await claimAddress(this.#config.listen, "listen");
    shared.release();
    this.#listen = shared.address;
    this.#adminListen = admin.address;
    this.#administration.own.add(this.#listen);
    const unreserve = this.#config.listen.port === 0 ? await reservePort(this.#listen) : () => {};
    const url = await this.#pool.start().finally(unreserve);
    const administered = {
      url,
      store: this.#tokens.store,
      control: this.#control,
      withdrawals: this.#withdrawals,
      status: this.#status,
      readiness: this.#readiness(url),
      answerPeer: peerAnswers(this.#cluster),
      events: this.#events,
      stream: this.#stream,
    };
    const adminUrl = await this.#administration.listen(administered, admin);
    const enforce = this.#config.consoleauth.enforce_session_timeout;
    this.log.info({ ...BUILD, url, admin_url: adminUrl, enforce, workers: this.#config.workers }, "listening");
    return { url, adminUrl };
  }

  /** With what was reloaded. */
  get config(): Config {
    return this.#config;
  }

  async drain(timeoutMs: number = this.#config.sessions.drain_timeout * 1000): Promise<void> {
    const delay = timerDelay(timeoutMs);
    // Each worker logs how many sessions it has.
    if (this.#isStarted) this.log.info({ workers: this.#config.workers, timeout_ms: delay }, "draining");
    this.#draining = true;
    this.#pool.drain(delay);
    this.#closed ??= this.#closeWhenIdle();
    await this.#closed;
  }

  /** What a worker gets to know: none of the keys. */
  get #workerConfig(): Config {
    const admin = { ...this.#config.admin, listen: this.#adminListen, key: null, keys: [] };
    const cluster = { ...this.#config.cluster, store: null, peers: [] };
    return { ...this.#config, listen: this.#listen, admin, cluster };
  }

  /** Whether all sessions count in a store. */
  get #isClustered(): boolean {
    return this.#cluster?.members !== undefined;
  }

  /** @throws Error when a worker does not answer. */
  async #askWorkers<Answer>(ask: (worker: WorkerProcess) => Promise<readonly Answer[]>): Promise<readonly Answer[]> {
    const { answers, unavailable } = await this.#pool.askAll(ask);
    if (unavailable.length > 0)
      throw new Error(unavailable.map(({ member, reason }) => `${member}: ${reason}`).join(", "));
    return answers.flat();
  }

  /**
   * As that of the gateway of one process: the workers take what concerns sessions.
   *
   * @throws Error naming what cannot be used, or the workers that could not take it.
   */
  async reload(next: Config): Promise<ConfigChanges> {
    const changes = changesOf(this.#config, next);
    const config = reloadedConfig(this.#config, next);
    await checkFiles(config);
    const before = { ...this.#config.tokens, nova: this.#config.nova };
    const after = { ...config.tokens, nova: config.nova };
    const takePeers = preparePeers(this.#cluster, config.cluster);
    const replaced = await replaceSources(this.#tokens.sources, before, after, this.log);
    if (this.#hasClosedTokens) return await giveUpSources(replaced, this.log);
    const { sources, left } = replaced;
    this.#config = config;
    this.#tokens = { ...this.#tokens, sources };
    // No session of this process has a grant of theirs.
    await closeTokens({ store: undefined, sources: left }, this.log);
    this.#administration.configure(config);
    takePeers();
    this.#slots.configure(config.sessions);
    this.log.level = config.log.level;
    await this.#administration.reloadCertificate();
    const workerConfig = this.#workerConfig;
    const { unavailable } = await this.#pool.askAll(({ channel }) =>
      channel.ask({ type: "reload", config: workerConfig }),
    );
    if (unavailable.length === 0) return changes;
    throw new Error(unavailable.map(({ member, reason }) => `${member} has not taken it: ${reason}`).join(", "));
  }

  reopenFiles(): void {
    this.#audit?.reopen();
    for (const { channel } of this.#pool.workers) channel.tell({ type: "reopen" });
  }

  #readiness(url: string): () => Promise<string> {
    const listening = { health: async (signal: AbortSignal) => await checkPublicPort(url, signal) };
    const checks = (): readonly NamedCheck[] => [
      ...partsOf(this.#tokens),
      ...this.#withdrawals.checks,
      ...(this.#audit === undefined ? [] : [{ name: AUDIT, source: this.#audit }]),
      { name: "workers", source: this.#status },
      { name: "listen", source: listening },
    ];
    const health = new HealthChecks(checks, this.log);
    return createReadiness(
      () => this.#status.readiness(),
      health,
      () => this.#cluster?.note,
    );
  }

  async #closeWhenIdle(): Promise<void> {
    await this.#pool.idle();
    this.#stream.close();
    await this.#administration.close();
    await this.#withdrawals.close();
    this.#hasClosedTokens = true;
    await closeTokens(this.#tokens, this.log);
    await this.#cluster?.close();
    await this.#audit?.close(this.#isStarted);
    if (this.#isStarted) this.log.info("stopped");
  }
}

/** @throws Error naming a file that the workers could not use, before anything is changed. */
async function checkFiles({ targets, vnc, client_ca }: Config): Promise<void> {
  openTargetTls(targets, ignore);
  createConsoles(vnc, true, ignore);
  if (client_ca !== null) await readClientAuthorities(client_ca);
}

function ignore(): void {}
