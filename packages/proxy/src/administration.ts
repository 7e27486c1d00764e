import { randomBytes } from "node:crypto";
import { AdminKeys } from "./admin/keys.ts";
import { AdminListener } from "./admin/listener.ts";
import type { AdminOptions } from "./admin/options.ts";
import type { Config } from "./config/config.ts";
import type { Withdrawals } from "./control/withdrawals.ts";
import { basePathOf } from "./http/base-path.ts";
import { consoleUrl, socketUrl } from "./http/console-url.ts";
import { AllowList } from "./net/allow-list.ts";
import type { ClaimedAddress } from "./net/listen.ts";
import { OwnListeners } from "./net/own-listeners.ts";
import { TrustedProxies } from "./net/trusted-proxies.ts";
import { AdminFailures } from "./telemetry/admin-failures.ts";
import { AuthenticationFailures } from "./telemetry/authentication-failures.ts";
import type { Logger } from "./telemetry/log.ts";
import type { MetricsSource } from "./telemetry/metrics.ts";

/** What the admin API shows and changes. */
export interface Administered extends Pick<
  AdminOptions,
  "store" | "control" | "status" | "readiness" | "answerPeer" | "events" | "stream"
> {
  readonly withdrawals: Withdrawals;
  /** Where browsers connect, as a URL without a path. */
  readonly url: string;
}

/** The admin API of a gateway, whether that is one process or leads workers, and the addresses that it goes by. */
export class Administration {
  /** `admin.key`, or a generated one. */
  readonly key: string;
  readonly own: OwnListeners = new OwnListeners();
  readonly allow: AllowList;
  readonly trusted: TrustedProxies;
  readonly #log: Logger;
  readonly #generatedKey: string | null;
  readonly #keys: AdminKeys;
  readonly #authenticationFailures: AuthenticationFailures;
  readonly #failures: AdminFailures;
  #config: Config;
  #listener: AdminListener | undefined;

  constructor(config: Config, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.#generatedKey = config.admin.key === null ? randomBytes(24).toString("base64url") : null;
    this.key = config.admin.key ?? this.#generatedKey ?? "";
    this.#keys = new AdminKeys({ ...config.admin, key: this.key });
    this.allow = new AllowList(config.targets.allow, this.own);
    this.trusted = new TrustedProxies(config.trusted_proxies);
    this.#authenticationFailures = new AuthenticationFailures(log);
    this.#failures = new AdminFailures(log);
  }

  /** What the metrics say of the admin API. */
  get counts(): Pick<MetricsSource, "authenticationFailures" | "adminFailures"> {
    return {
      authenticationFailures: () => this.#authenticationFailures.count,
      adminFailures: this.#failures.byStatus,
    };
  }

  /**
   * Listens at `admin.listen`, and at the Unix socket if there is one.
   *
   * @param at - is released for that.
   * @returns where it listens, as a URL without a path.
   * @throws Error naming what is wrong with the certificate, or where it cannot listen.
   */
  async listen({ withdrawals, url, ...administered }: Administered, at: ClaimedAddress): Promise<string> {
    const base = (): string => this.#config.console.base_url ?? url;
    this.#listener = await AdminListener.create(this.#config.admin, {
      ...administered,
      keys: this.#keys,
      tokenTtl: () => this.#config.consoleauth.token_ttl,
      allow: this.allow,
      own: this.own,
      trusted: this.trusted,
      basePath: basePathOf(this.#config.console.base_url),
      revoker: withdrawals.revoker,
      locker: withdrawals.locker,
      authenticationFailures: this.#authenticationFailures,
      failures: this.#failures,
      log: this.#log,
      consoleUrl: (token, record) => consoleUrl(base(), token, record),
      socketUrl: () => socketUrl(base()),
    });
    at.release();
    return await this.#listener.listen(at.address);
  }

  /** Takes the options of another configuration that can be changed. */
  configure(config: Config): void {
    this.#config = config;
    this.allow.replace(config.targets.allow);
    this.trusted.replace(config.trusted_proxies);
    this.#keys.replace({ ...config.admin, key: config.admin.key ?? this.#generatedKey });
  }

  /** Takes a changed certificate into use at once. */
  async reloadCertificate(): Promise<void> {
    await this.#listener?.reloadCertificate();
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }
}
