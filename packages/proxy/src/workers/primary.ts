import { randomBytes } from "node:crypto";
import { AdminListener } from "../admin/listener.ts";
import type { Config } from "../config/config.ts";
import type { ConsoleProxy, ListeningAt } from "../console-proxy.ts";
import { consoleUrl } from "../gateway/console-url.ts";
import { LogDestination } from "../telemetry/log-destination.ts";
import { createLogger, type Logger } from "../telemetry/log.ts";
import type { TokenStore } from "../tokens/source.ts";
import { Fleet } from "./fleet.ts";
import { MetricsSum } from "./metrics-sum.ts";
import { fleetOperations } from "./operations.ts";
import { SharedPlaces } from "./shared-places.ts";

/**
 * A gateway of several processes. The workers accept the browsers' connections and run the sessions;
 * this process, the primary, has the operator's side, and counts where something counts for all.
 */
export class Primary implements Pick<ConsoleProxy, "adminKey" | "listen" | "drain"> {
  readonly adminKey: string;
  readonly #config: Config;
  readonly #tokens: TokenStore;
  readonly #log: Logger;
  readonly #fleet: Fleet;
  readonly #metrics = new MetricsSum();
  #admin: AdminListener | undefined;
  #draining = false;
  #closed: Promise<void> | undefined;

  /** @param tokens - the store that the workers open, too, or that is in this process' memory. */
  constructor(config: Config, tokens: TokenStore) {
    this.adminKey = config.admin.key ?? randomBytes(24).toString("base64url");
    this.#config = config;
    this.#tokens = tokens;
    this.#log = createLogger(config.log.level, new LogDestination(2, { shared: true }));
    const places = new SharedPlaces(config.sessions);
    const settings: Config = { ...config, admin: { ...config.admin, key: null } };
    this.#fleet = new Fleet({
      size: config.workers,
      log: this.#log,
      handlers: (worker) => ({
        settings: () => settings,
        resolve: async ({ token }) => (await tokens.resolve(token)) ?? null,
        take: async ({ place }) => await places.take(place, worker),
        give_back: ({ session }) => {
          places.giveBack(session);
          return null;
        },
      }),
      gone: (worker) => {
        places.giveBackAll(worker);
        this.#metrics.keep(worker.metrics);
      },
    });
  }

  async listen(): Promise<ListeningAt> {
    try {
      const url = await this.#fleet.start();
      this.#admin = new AdminListener({
        key: this.adminKey,
        tokens: this.#tokens,
        tokenTtl: this.#config.consoleauth.token_ttl,
        operations: fleetOperations(this.#fleet, this.#metrics, this.#log, () => this.#draining),
        log: this.#log,
        consoleUrl: (token, record) => consoleUrl(this.#config.console.base_url ?? url, token, record),
      });
      const adminUrl = await this.#admin.listen(this.#config.admin.listen);
      const enforce = this.#config.consoleauth.enforce_session_timeout;
      this.#log.info({ url, admin_url: adminUrl, enforce, workers: this.#config.workers }, "listening");
      return { url, adminUrl };
    } catch (error) {
      await this.drain(0);
      throw error;
    }
  }

  async drain(timeoutMs: number = this.#config.sessions.drain_timeout * 1000): Promise<void> {
    this.#draining = true;
    this.#fleet.drain(timeoutMs);
    this.#closed ??= this.#closeWhenIdle();
    await this.#closed;
  }

  async #closeWhenIdle(): Promise<void> {
    await this.#fleet.idle();
    await this.#admin?.close();
    await this.#tokens.close();
    this.#log.info("stopped");
  }
}
