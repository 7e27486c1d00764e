import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type Address, formatAddress } from "./config/address.ts";
import type { Config, ConfigInput } from "./config/config.ts";
import { parseConfig } from "./config/schema.ts";
import { consoleUrl } from "./gateway/console-url.ts";
import { parseAllowedOrigin } from "./gateway/origin.ts";
import { createPageHandler, type RequestHandler } from "./gateway/page.ts";
import { createUpgradeHandler, refuseRequest, type UpgradeHandler } from "./gateway/upgrade.ts";
import { type Clock, systemClock } from "./sessions/clock.ts";
import { SessionRegistry } from "./sessions/registry.ts";
import { AllowList } from "./targets/allow-list.ts";
import { createLogger, type Logger } from "./telemetry/log.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { sessionObserver } from "./telemetry/observer.ts";
import type { TokenSource } from "./tokens/source.ts";
import { SqliteTokenStore } from "./tokens/sqlite.ts";

export interface ConsoleProxyOptions {
  /** Configuration as in `curfew.yaml`; every option has a default. */
  readonly config?: ConfigInput;
  /** Where grants are looked up. @defaultValue the embedded store at `tokens.path` */
  readonly tokens?: TokenSource;
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

/** A gateway. Made by {@link createConsoleProxy}. */
export interface ConsoleProxy {
  readonly config: Config;
  /** The bearer key of the operator's API: `admin.key`, or the generated one. */
  readonly adminKey: string;
  readonly tokens: TokenSource;
  readonly sessions: SessionRegistry;
  /** For a server of your own: takes over an upgrade request, whatever its path. */
  readonly handleUpgrade: UpgradeHandler;
  /** For a server of your own: answers GET and HEAD with the page, its assets, `/healthz` and `/readyz`, or 404. */
  readonly handleRequest: RequestHandler;
  /**
   * Takes over upgrade requests of an existing server under `path`, and nothing else of it. As the
   * only one who takes upgrades it answers the others with 404.
   *
   * @param path - the start of the paths to take. @defaultValue "/", every upgrade
   * @returns a function that lets go of the server; running sessions go on.
   */
  attach(server: Server, path?: string): () => void;
  /**
   * Listens at `listen` and `admin.listen`.
   *
   * @throws {Error} naming the address that cannot be listened at.
   */
  listen(): Promise<ListeningAt>;
  /**
   * Refuses new sessions, gives the running ones `timeoutMs` to finish, then ends them as
   * `server_draining`, and closes everything. Called again, the shorter time counts.
   *
   * @param timeoutMs - milliseconds. @defaultValue `sessions.drain_timeout`
   */
  drain(timeoutMs?: number): Promise<void>;
  /** {@link drain} without waiting. */
  close(): Promise<void>;
}

/**
 * Makes a gateway that listens nowhere yet: call `listen()`, or hand it the requests of your own
 * server.
 *
 * @throws {ConfigError} when a value is wrong.
 * @throws {Error} when the embedded token store cannot be opened.
 */
export function createConsoleProxy(options: ConsoleProxyOptions = {}): ConsoleProxy {
  return new Gateway(options, parseConfig(options.config));
}

/** As {@link createConsoleProxy}, from a configuration that was checked already. */
export function createConsoleProxyFrom(config: Config, options: Omit<ConsoleProxyOptions, "config">): ConsoleProxy {
  return new Gateway(options, config);
}

type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

class Gateway implements ConsoleProxy {
  readonly config: Config;
  readonly adminKey: string;
  readonly tokens: TokenSource;
  readonly sessions: SessionRegistry;
  readonly handleUpgrade: UpgradeHandler;
  readonly handleRequest: RequestHandler;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #servers: Server[] = [];
  #url: string | undefined;
  #admin: Promise<AdminHandler> | undefined;
  #draining = false;
  #closed: Promise<void> | undefined;

  constructor(options: Omit<ConsoleProxyOptions, "config">, config: Config) {
    this.config = config;
    this.adminKey = config.admin.key ?? randomBytes(24).toString("base64url");
    this.#log = options.log ?? createLogger(config.log.level);
    this.tokens = options.tokens ?? new SqliteTokenStore(config.tokens.path);
    this.#metrics = new Metrics({
      sessions: () => this.sessions.size,
      closing: () => this.sessions.closing,
      bytes: () => this.sessions.bytes(),
    });
    this.sessions = new SessionRegistry({
      tokens: this.tokens,
      clock: options.clock ?? systemClock,
      tokenTtlMs: config.consoleauth.token_ttl * 1000,
      policy: {
        enforce: config.consoleauth.enforce_session_timeout,
        maxDurationMs: config.sessions.max_duration === null ? null : config.sessions.max_duration * 1000,
        warnBeforeMs: config.sessions.warn_before.map((seconds) => seconds * 1000),
      },
      dialling: { allow: new AllowList(config.targets.allow), timeoutMs: config.targets.connect_timeout * 1000 },
      events: sessionObserver(this.#log, this.#metrics),
    });
    const allowedOrigins = config.console.allowed_origins.map(parseAllowedOrigin);
    const draining = (): boolean => this.#draining;
    this.handleUpgrade = createUpgradeHandler({ sessions: this.sessions, allowedOrigins, draining });
    this.handleRequest = createPageHandler(allowedOrigins, draining);
  }

  attach(server: Server, path = "/"): () => void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (request.url?.startsWith(path) === true) this.handleUpgrade(request, socket, head);
      // Node leaves an upgrade to its listeners alone: with no other one it would hang for ever.
      else if (server.listenerCount("upgrade") === 1) refuseRequest(socket, 404, "There is nothing at this address.");
    };
    server.on("upgrade", onUpgrade);
    return () => void server.off("upgrade", onUpgrade);
  }

  async listen(): Promise<ListeningAt> {
    // Another upgrade than to WebSocket, such as a curl's to HTTP/2, is an ordinary request.
    const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean => /^websocket$/i.test(headers.upgrade ?? "");
    const publicServer = createServer({ shouldUpgradeCallback }, this.handleRequest);
    this.attach(publicServer);
    try {
      const url = await this.#listenAt(publicServer, this.config.listen, "listen");
      this.#url = url;
      const adminServer = createServer((request, response) => {
        this.#admin ??= this.#adminHandler();
        void this.#admin.then((handle) => handle(request, response));
      });
      const adminUrl = await this.#listenAt(adminServer, this.config.admin.listen, "admin.listen");
      this.#log.info(
        { url, admin_url: adminUrl, enforce: this.config.consoleauth.enforce_session_timeout },
        "listening",
      );
      return { url, adminUrl };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async drain(timeoutMs: number = this.config.sessions.drain_timeout * 1000): Promise<void> {
    this.#draining = true;
    const timer = setTimeout(() => {
      this.sessions.endAll("server_draining", "the gateway is shutting down");
    }, timeoutMs);
    this.#closed ??= this.#closeWhenIdle();
    await this.#closed;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await this.drain(0);
  }

  async #closeWhenIdle(): Promise<void> {
    await this.sessions.idle();
    await Promise.all(this.#servers.map(stop));
    await this.tokens.close();
    this.#metrics.close();
    this.#log.info("stopped");
  }

  /** Loaded by the first request, so that a gateway starts faster and one inside another server does not carry it. */
  async #adminHandler(): Promise<AdminHandler> {
    const [{ createAdminApi }, { getRequestListener }] = await Promise.all([
      import("./admin/api.ts"),
      import("@hono/node-server"),
    ]);
    const app = createAdminApi({
      key: this.adminKey,
      tokens: this.tokens,
      tokenTtl: this.config.consoleauth.token_ttl,
      sessions: this.sessions,
      metrics: this.#metrics,
      log: this.#log,
      draining: () => this.#draining,
      consoleUrl: (token, record) => consoleUrl(this.config.console.base_url ?? this.#url ?? "", token, record),
    });
    return getRequestListener(app.fetch, { overrideGlobalObjects: false });
  }

  async #listenAt(server: Server, address: Address, option: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject).listen({ host: address.host, port: address.port }, resolve);
    await promise.catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${option}: cannot listen at ${formatAddress(address)}: ${error.code ?? error.message}`);
    });
    server.off("error", reject);
    this.#servers.push(server);
    return `http://${formatAddress({ host: reachable(address.host), port: (server.address() as AddressInfo).port })}`;
  }
}

/** Closes a server with its idle and its half-done requests; upgraded sockets are the sessions'. */
async function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

/** An address that a browser on this machine can open, for a listener on every address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
