import { randomBytes } from "node:crypto";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { AdminListener } from "./admin/listener.ts";
import type { Config } from "./config/config.ts";
import type { Gateway, ListeningAt } from "./gateway-types.ts";
import { basePathOf } from "./http/base-path.ts";
import { consoleUrl, socketUrl } from "./http/console-url.ts";
import { describeVoidLimits } from "./limits/void-limits.ts";
import type { Address } from "./net/address.ts";
import { type ClaimedAddress, claimAddress, reservePort } from "./net/listen.ts";
import { AUDIT, type Audit, openAudit } from "./telemetry/audit/audit.ts";
import { AdminFailures } from "./telemetry/admin-failures.ts";
import { AuthenticationFailures } from "./telemetry/authentication-failures.ts";
import { LabelCounters } from "./telemetry/counters.ts";
import { EventBus } from "./telemetry/event-bus.ts";
import { logObserver } from "./telemetry/log-observer.ts";
import { createLogger, type Logger, openLog } from "./telemetry/log.ts";
import { warnOfDescriptors } from "./telemetry/descriptor-warning.ts";
import { checkPublicPort } from "./http/public-port.ts";
import { createReadiness } from "./http/readiness.ts";
import { AllowList } from "./net/allow-list.ts";
import { sessionCapacity } from "./net/descriptors.ts";
import { OwnListeners } from "./net/own-listeners.ts";
import { TokenHealth } from "./tokens/health.ts";
import { timerDelay } from "./time/delay.ts";
import { closeTokens, type OpenedTokens, partsOf, whenOpen } from "./tokens/open.ts";
import type { TokenStore } from "./tokens/store.ts";
import { Withdrawals } from "./control/withdrawals.ts";
import { WorkerPool } from "./workers/worker-pool.ts";
import { PoolControl } from "./workers/pool-control.ts";
import { PoolStatus } from "./workers/pool-status.ts";
import { answersOf } from "./workers/remote-store.ts";
import { SharedSlots } from "./workers/shared-slots.ts";
import type { WorkerSettings } from "./worker.ts";

/**
 * A gateway of several processes. The workers accept the browsers' connections and run the sessions. This process,
 * the primary, has the admin API, and counts the sessions of all workers against the limits.
 */
export class Primary implements Pick<Gateway, "adminKey" | "listen" | "drain"> {
  readonly adminKey: string;
  readonly #config: Config;
  readonly #tokens: OpenedTokens<TokenStore>;
  /** @internal */
  readonly log: Logger;
  readonly #pool: WorkerPool;
  readonly #control: PoolControl;
  readonly #withdrawals: Withdrawals;
  readonly #status: PoolStatus;
  readonly #authenticationFailures: AuthenticationFailures;
  readonly #adminFailures: AdminFailures;
  /** What this process' own event observers threw. */
  readonly #failures = new LabelCounters(["log", AUDIT]);
  /** What the admin API is asked for; each worker writes what its sessions do. */
  readonly #audit: Audit | undefined;
  /** Where the workers listen, and their replacements. */
  #listen: Address;
  #adminListen: Address;
  #admin: AdminListener | undefined;
  /** False only after a start that failed, which is told in other words than a stop. */
  #isStarted = true;
  #draining = false;
  #closed: Promise<void> | undefined;

  /** @param tokens - what the workers open as well, except for a store that is in this process' memory. */
  constructor(config: Config, tokens: OpenedTokens<TokenStore>) {
    this.adminKey = config.admin.key ?? randomBytes(24).toString("base64url");
    this.#config = config;
    this.#listen = config.listen;
    this.#adminListen = config.admin.listen;
    this.#tokens = tokens;
    this.log = createLogger(config.log.level, openLog(config.log, true));
    this.#audit = openAudit(config.audit, this.log);
    this.#authenticationFailures = new AuthenticationFailures(this.log);
    this.#adminFailures = new AdminFailures(this.log);
    const slots = new SharedSlots(config.sessions);
    const ticketSecret = randomBytes(32).toString("base64");
    this.#pool = new WorkerPool({
      size: config.workers,
      entry: fileURLToPath(new URL(`worker-main${extname(import.meta.url)}`, import.meta.url)),
      log: this.log,
      handlers: (worker) => ({
        settings: (): WorkerSettings => ({
          config: { ...config, listen: this.#listen, admin: { listen: this.#adminListen, key: null } },
          ticketSecret,
        }),
        unwritten_revocations: () => this.#withdrawals.revoker.unwritten,
        locks: () => this.#withdrawals.locker.all,
        ...answersOf(tokens.store),
        ping: () => null,
        acquire: async ({ lease }) => await slots.acquire(lease, worker),
        acquire_by_asking: async ({ lease }) => await slots.acquireByAsking(lease, worker),
        release: ({ leaseId }) => {
          slots.release(leaseId);
          return null;
        },
      }),
      gone: (worker) => {
        slots.releaseOwner(worker);
        this.#status.keep(worker);
      },
    });
    this.#control = new PoolControl(this.#pool);
    this.#withdrawals = new Withdrawals({ store: tokens.store, control: this.#control, log: this.log });
    this.#status = new PoolStatus({
      pool: this.#pool,
      draining: () => this.#draining,
      failures: this.#failures,
      authenticationFailures: () => this.#authenticationFailures.count,
      adminFailures: this.#adminFailures.byStatus,
    });
  }

  async listen(): Promise<ListeningAt> {
    try {
      warnOfDescriptors(this.log, this.#config.sessions.max, this.#config.workers);
      for (const line of describeVoidLimits(this.#config, sessionCapacity(1))) this.log.warn(line);
      await this.#audit?.open();
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
    const own = new OwnListeners();
    own.add(this.#listen);
    const unreserve = this.#config.listen.port === 0 ? await reservePort(this.#listen) : () => {};
    const url = await this.#pool.start().finally(unreserve);
    this.#admin = new AdminListener({
      key: this.adminKey,
      store: this.#tokens.store,
      tokenTtl: this.#config.consoleauth.token_ttl,
      allow: new AllowList(this.#config.targets.allow, own),
      own,
      trustedProxies: this.#config.trusted_proxies,
      basePath: basePathOf(this.#config.console.base_url),
      control: this.#control,
      revoker: this.#withdrawals.revoker,
      locker: this.#withdrawals.locker,
      status: this.#status,
      events: new EventBus([logObserver(this.log), ...(this.#audit === undefined ? [] : [this.#audit])], {
        log: this.log,
        failures: this.#failures,
      }),
      authenticationFailures: this.#authenticationFailures,
      failures: this.#adminFailures,
      readiness: this.#readiness(url),
      log: this.log,
      consoleUrl: (token, record) => consoleUrl(this.#config.console.base_url ?? url, token, record),
      socketUrl: () => socketUrl(this.#config.console.base_url ?? url),
    });
    admin.release();
    const adminUrl = await this.#admin.listen(admin.address);
    const enforce = this.#config.consoleauth.enforce_session_timeout;
    this.log.info({ url, admin_url: adminUrl, enforce, workers: this.#config.workers }, "listening");
    return { url, adminUrl };
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

  reopenFiles(): void {
    this.#audit?.reopen();
    for (const { channel } of this.#pool.workers) channel.tell({ type: "reopen" });
  }

  #readiness(url: string): () => Promise<string> {
    const checks = [
      ...partsOf(this.#tokens),
      ...this.#withdrawals.checks,
      ...(this.#audit === undefined ? [] : [{ name: AUDIT, source: this.#audit }]),
      { name: "workers", source: this.#status },
      { name: "listen", source: { health: async (signal: AbortSignal) => await checkPublicPort(url, signal) } },
    ];
    return createReadiness(() => this.#status.readiness(), new TokenHealth(checks, this.log));
  }

  async #closeWhenIdle(): Promise<void> {
    await this.#pool.idle();
    await this.#admin?.close();
    await this.#withdrawals.close();
    await closeTokens(this.#tokens, this.log);
    await this.#audit?.close();
    if (this.#isStarted) this.log.info("stopped");
  }
}
