import type { Server } from "node:http";
import { Administration } from "./administration.ts";
import { type JoinedCluster, peerAnswers, preparePeers, sessionsOf } from "./cluster/joined-cluster.ts";
import { LocalControl } from "./control/local-control.ts";
import { RecentEffects } from "./control/recent-effects.ts";
import { LocalStatus } from "./control/local-status.ts";
import type { SessionControl } from "./control/session-control.ts";
import type { Readiness } from "./control/status.ts";
import { TOKEN_REVOKED } from "./control/token-revoker.ts";
import { Withdrawals } from "./control/withdrawals.ts";
import type { Config } from "./config/config.ts";
import { type ConfigChanges, changesOf, reloadedConfig } from "./config/reload.ts";
import type { Gateway, ListeningAt, LocalGatewayOptions } from "./gateway-types.ts";
import { PublicListener } from "./http/public-listener.ts";
import type { RequestHandler } from "./http/page/handler.ts";
import type { UpgradeHandler } from "./http/upgrade.ts";
import { REQUEST_FAULTS } from "./http/malformed-requests.ts";
import { UPGRADE_FAULTS } from "./websocket/handshake.ts";
import { timerDelay } from "./time/delay.ts";
import { systemClock } from "./time/clock.ts";
import { CONNECTION_REFUSALS } from "./limits/connection-slots.ts";
import { type ConfigurableLimits, createLimits, type LimitContext } from "./limits/limits.ts";
import { LIMIT_NAMES } from "./limits/slots.ts";
import { warnOfLimits } from "./limits/warnings.ts";
import { createTaps, Recorder } from "./recording/recorder.ts";
import type { Tap } from "./relay/tap.ts";
import { type RegistryChanges, SessionRegistry } from "./sessions/registry.ts";
import { deadlinePolicy } from "./sessions/session-deadline.ts";
import { createConsoles } from "./consoles/index.ts";
import { AUDIT, type Audit, openAudit } from "./telemetry/audit/audit.ts";
import { EventStream } from "./telemetry/event-stream.ts";
import { EventBus } from "./telemetry/event-bus.ts";
import type { EventObserver, EventSink } from "./telemetry/events.ts";
import { logObserver } from "./telemetry/log-observer.ts";
import type { Logger } from "./telemetry/log.ts";
import { metricsObserver } from "./telemetry/metrics-observer.ts";
import type { SessionInfo } from "./telemetry/session-info.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { checkPublicPort } from "./http/public-port.ts";
import { readClientAuthorities } from "./http/tls/client-certificate.ts";
import { createReadiness } from "./http/readiness.ts";
import { type NamedCheck, HealthChecks } from "./control/health.ts";
import { openTargetTls } from "./targets/target-tls.ts";
import { TokenLookups } from "./tokens/lookups.ts";
import { closeTokens, type OpenedTokens, partsOf, whenOpen } from "./tokens/open.ts";
import { giveUpSources, LeftSources, replaceSources } from "./tokens/replace-sources.ts";
import { isTokenStore, type TokenStore } from "./tokens/store.ts";
import { BUILD } from "./version.ts";

/** The same once the time of a drain is up: the gateway is to stop within two seconds from then on. */
const LAST_CLOSING_MS = 1000;

/** The gateway of one process, and of one of several workers, which has no admin API. */
export class LocalGateway implements Gateway {
  config: Config;
  readonly adminKey: string;
  readonly tokens: TokenStore | undefined;
  readonly sessions: SessionRegistry;
  readonly handleUpgrade: UpgradeHandler;
  readonly handleRequest: RequestHandler;
  readonly metrics: Metrics;
  /** Undefined without `audit.path`. */
  readonly #audit: Audit | undefined;
  readonly #events: EventSink;
  /** For clients of the admin API. */
  readonly #stream = new EventStream();
  #opened: OpenedTokens;
  readonly #left: LeftSources;
  readonly #lookups: TokenLookups;
  readonly #limits: ConfigurableLimits;
  readonly #readiness: () => Promise<string>;
  readonly #administration: Administration;
  readonly #cluster: JoinedCluster | undefined;
  readonly #control: SessionControl;
  readonly #withdrawals: Withdrawals;
  /** @internal */
  readonly log: Logger;
  readonly #listener: PublicListener;
  readonly #recorder: Recorder | undefined;
  readonly #sharesPort: boolean;
  readonly #dataPath: LocalGatewayOptions["dataPath"];
  /** Where it listens for browsers. */
  #url: string | undefined;
  /** False only after a start that failed, which is told in other words than a stop. */
  #isStarted = true;
  #draining = false;
  #closed: Promise<void> | undefined;
  /** What a reload has opened since then is closed by it. */
  #hasClosedTokens = false;

  constructor(config: Config, { clock = systemClock, ...options }: LocalGatewayOptions) {
    this.config = config;
    this.log = options.log;
    this.#administration = new Administration(config, this.log);
    this.adminKey = this.#administration.key;
    this.#opened = options.tokens;
    this.#cluster = options.cluster;
    this.#dataPath = options.dataPath;
    this.#sharesPort = options.sharesPort ?? false;
    const { store } = options.tokens;
    this.tokens = store !== undefined && isTokenStore(store) ? store : undefined;
    this.#audit = openAudit(config, this.log, options.gatewayId);
    const observers = [this.#audit ?? [], this.#stream, options.observers ?? []].flat();
    this.metrics = this.#createMetrics(observers);
    this.#events = this.#createEvents(observers);
    this.#lookups = new TokenLookups({
      tokens: options.tokens,
      clock,
      tokenTtlMs: config.consoleauth.token_ttl * 1000,
      timings: this.metrics.lookups,
    });
    this.#left = new LeftSources(this.log, () => this.sessions.oldestStart);
    this.#limits = this.#createLimits(options);
    const recorder = config.record === null ? undefined : new Recorder(config.record, this.log);
    this.#recorder = recorder;
    this.sessions = new SessionRegistry({
      ...this.#sessionOptions(config),
      lookups: this.#lookups,
      clock,
      ...createTaps(recorder && ((session) => this.#record(session, recorder)), config.traffic),
      ...this.#dataPath,
      limits: this.#limits,
      events: this.#events,
      revalidateMs: config.nova.revalidate_interval * 1000,
      pingMs: config.connections.ping_interval * 1000,
    });
    const own = new RecentEffects(new LocalControl(this.sessions));
    this.#control = this.#cluster?.join(sessionsOf(own, this.sessions)) ?? own;
    this.#withdrawals = new Withdrawals({ store: this.tokens, control: this.#control, own, log: this.log });
    this.#readiness = this.#watchReadiness(options);
    this.#watchTokens(options.tokens, own);
    this.#listener = new PublicListener(config, {
      sessions: this.sessions,
      draining: () => this.#draining,
      readiness: this.#readiness,
      events: this.#events,
      own: this.#administration.own,
      trusted: this.#administration.trusted,
      log: this.log,
      sharesPort: this.#sharesPort,
      ticketSecret: options.ticketSecret,
    });
    this.handleUpgrade = this.#listener.handleUpgrade;
    this.handleRequest = this.#listener.handleRequest;
  }

  #createEvents(observers: readonly EventObserver[]): EventSink {
    return new EventBus([logObserver(this.log), metricsObserver(this.metrics), ...observers], {
      log: this.log,
      failures: this.metrics.observerFailures,
    });
  }

  #record(session: SessionInfo, recorder: Recorder): Tap {
    const tap = recorder.record(session);
    this.#events.notify({ type: "session_recorded", session });
    return tap;
  }

  #watchTokens({ store, sources }: OpenedTokens, own: SessionControl): void {
    store?.onRevoked?.((tokenId) => void own.end({ by: "token", tokenId }, TOKEN_REVOKED));
    this.#watchSources(sources);
  }

  #watchSources(sources: OpenedTokens["sources"]): void {
    for (const { name, source } of sources) {
      source.onProblem?.((problem) => this.log.warn({ name, problem }, "part of a token source cannot be used"));
    }
  }

  readonly #onUnusable = (err: Error): void =>
    this.log.error({ err }, "the new certificates for consoles cannot be used; the old ones stay");

  /** What the sessions that open get to know of the configuration. @throws Error naming a file that cannot be used. */
  #sessionOptions(config: Config): RegistryChanges {
    const { targets, sessions, vnc } = config;
    return {
      consoles: this.#dataPath?.consoles ?? createConsoles(vnc, this.#sharesPort, this.#onUnusable),
      policy: deadlinePolicy(config),
      idleTimeoutMs: sessions.idle_timeout === null ? null : sessions.idle_timeout * 1000,
      dialing: {
        allow: this.#administration.allow,
        timeoutMs: targets.connect_timeout * 1000,
        tls: openTargetTls(targets, this.#onUnusable),
      },
    };
  }

  #createLimits({ limits, cluster }: LocalGatewayOptions): ConfigurableLimits {
    const context: LimitContext = {
      refused: (limit, { session }) => this.#events.notify({ type: "limit_reached", limit, sessionId: session }),
      replace: (id, detail) => this.sessions.get(id)?.end("session_replaced", detail),
      ask: async (...question) => await this.sessions.askTakeover(...question),
    };
    return createLimits(this.config.sessions, context, cluster?.members?.limits(context) ?? limits?.(context));
  }

  /** What `/readyz` answers. */
  #watchReadiness({ checks: more = [], note = () => this.#cluster?.note }: LocalGatewayOptions): () => Promise<string> {
    const listening = { health: async (signal: AbortSignal) => await this.#checkListening(signal) };
    const checks = (): readonly NamedCheck[] => [
      ...more,
      ...partsOf(this.#opened),
      { name: "listen", source: listening },
      ...this.#withdrawals.checks,
      ...(this.#audit === undefined ? [] : [{ name: AUDIT, source: this.#audit }]),
    ];
    const state = (): Readiness => (this.#draining ? "draining" : "ready");
    return createReadiness(state, new HealthChecks(checks, this.log), note);
  }

  /** Of a port that it shares, it would reach any of those that listen there: the primary checks that. */
  async #checkListening(signal: AbortSignal): Promise<void> {
    if (this.#url !== undefined && !this.#sharesPort)
      await checkPublicPort(this.#url, signal, this.#listener.socketPath);
  }

  #createMetrics(observers: readonly EventObserver[]): Metrics {
    const source = {
      sessions: () => this.sessions.size,
      closing: () => this.sessions.closing,
      bytes: () => this.sessions.bytes(),
      ...this.#administration.counts,
      cluster: this.#cluster?.figures,
      connections: () => this.#listener.connections.open,
      unauthenticated: () => this.#listener.connections.unauthenticated,
      ...(this.config.cert !== null && { certificateExpiry: () => this.#listener.certificateExpiry }),
    };
    return new Metrics(source, {
      limits: LIMIT_NAMES,
      observers: ["log", "metrics", AUDIT, ...observers.map(({ name }) => name)],
      sources: partsOf(this.#opened).map(({ name }) => name),
      upgradeFaults: [...UPGRADE_FAULTS, ...REQUEST_FAULTS],
      connectionRefusals: CONNECTION_REFUSALS,
    });
  }

  async revoke(tokenId: string): Promise<number | undefined> {
    const { record, unwritten, ended } = await this.#withdrawals.revoker.revoke(tokenId);
    if (unwritten !== undefined) throw new Error(`the revocation is not written: ${unwritten}`);
    return record === undefined && this.tokens !== undefined ? undefined : ended;
  }

  attach(server: Server, path = "/"): () => void {
    return this.#listener.attach(server, path);
  }

  async listen(): Promise<ListeningAt> {
    try {
      warnOfLimits(this.config, this.log);
      const url = await this.listenForBrowsers();
      const administered = {
        url,
        store: this.tokens,
        control: this.#control,
        withdrawals: this.#withdrawals,
        status: new LocalStatus(this.metrics, () => this.#draining),
        readiness: this.#readiness,
        answerPeer: peerAnswers(this.#cluster),
        events: this.#events,
        stream: this.#stream,
      };
      const at = { address: this.config.admin.listen, release: () => {} };
      const adminUrl = await this.#administration.listen(administered, at);
      const enforce = this.config.consoleauth.enforce_session_timeout;
      this.log.info({ ...BUILD, url, admin_url: adminUrl, enforce }, "listening");
      return { url, adminUrl };
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** Closes what was opened, after a start that failed. */
  async abandon(): Promise<void> {
    this.#isStarted = false;
    await this.close();
  }

  /** As {@link listen}, only at `listen`. After a failure, {@link abandon} is to be called. */
  async listenForBrowsers(): Promise<string> {
    await this.#recorder?.check();
    await this.#audit?.open();
    await this.#cluster?.connect();
    await whenOpen(this.#opened);
    // A worker's admin API is in another process.
    const { listen, socket } = this.config.admin;
    this.#administration.own.add(listen);
    if (socket !== null) this.#administration.own.addPath(socket);
    this.#url = await this.#listener.listen();
    return this.#url;
  }

  /**
   * Takes the options that can be changed from another configuration. Sessions that run go on as they are.
   *
   * @returns what was changed, and what would need a restart.
   * @throws Error naming what cannot be used; nothing was changed then.
   */
  async reload(next: Config): Promise<ConfigChanges> {
    const changes = changesOf(this.config, next);
    const config = reloadedConfig(this.config, next);
    const sessionOptions = this.#sessionOptions(config);
    const clientCa = config.client_ca === null ? undefined : await readClientAuthorities(config.client_ca);
    const before = { ...this.config.tokens, nova: this.config.nova };
    const after = { ...config.tokens, nova: config.nova };
    const takePeers = preparePeers(this.#cluster, config.cluster);
    const replaced = await replaceSources(this.#opened.sources, before, after, this.log);
    if (this.#hasClosedTokens) return await giveUpSources(replaced, this.log);
    const { sources, left } = replaced;
    this.config = config;
    this.#opened = { ...this.#opened, sources };
    this.#watchSources(sources);
    this.metrics.addSources(sources.map(({ name }) => name));
    this.#lookups.configure({ sources, tokenTtlMs: config.consoleauth.token_ttl * 1000 });
    this.#left.add(left, Date.now());
    this.#administration.configure(config);
    takePeers();
    this.#limits.configure(config.sessions);
    this.sessions.configure(sessionOptions);
    this.#listener.configure(config);
    this.log.level = config.log.level;
    await Promise.all([this.#listener.reloadCertificate(clientCa), this.#administration.reloadCertificate()]);
    return changes;
  }

  async drain(timeoutMs: number = this.config.sessions.drain_timeout * 1000): Promise<void> {
    const delay = timerDelay(timeoutMs);
    const sessions = this.sessions.size;
    if (this.#isStarted && (!this.#draining || sessions > 0)) {
      this.log.info({ sessions, timeout_ms: delay }, "draining");
    }
    this.#draining = true;
    let timer = setTimeout(() => {
      this.sessions.endAll("server_draining", "the gateway is shutting down");
      timer = setTimeout(() => this.sessions.destroyClosing(), LAST_CLOSING_MS);
    }, delay);
    try {
      this.#closed ??= this.#closeWhenEnded();
      await this.#closed;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.drain(0);
  }

  /** Why the audit trail cannot be written; undefined where it can, or there is none. */
  get auditProblem(): string | undefined {
    return this.#audit?.problem;
  }

  /** Opens files again that were moved. */
  reopenFiles(): void {
    this.#audit?.reopen();
  }

  /** Clients that connect meanwhile are refused; however many they are, they cannot prolong it. */
  async #closeWhenEnded(): Promise<void> {
    await this.sessions.ended();
    const closeListener = this.#listener.stopAccepting();
    await this.sessions.closed();
    this.#stream.close();
    await Promise.all([closeListener(), this.#administration.close(), this.#recorder?.close()]);
    await this.#withdrawals.close();
    this.#hasClosedTokens = true;
    await this.#left.close();
    await closeTokens(this.#opened, this.log);
    await this.#cluster?.close();
    await this.#audit?.close(this.#isStarted);
    this.metrics.close();
    if (this.#isStarted) this.log.info("stopped");
  }
}
