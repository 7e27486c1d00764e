import type { LocalGateway } from "../../src/gateway.ts";
import type { LocalGatewayOptions } from "../../src/gateway-types.ts";
import type { Config } from "../../src/config/config.ts";
import type { ConfigChanges } from "../../src/config/reload.ts";
import { type Clock, type ConfigInput, createLogger, parseConfig } from "../../src/index.ts";
import { parseEndpoint } from "../../src/net/endpoint.ts";
import { SqliteTokenStore } from "../../src/tokens/sqlite/token-store.ts";
import type { Traces } from "../../src/telemetry/traces/traces.ts";
import { TracedGateway } from "../../src/traced-gateway.ts";
import type { EventObserver } from "../../src/telemetry/events.ts";

import { transportConfig } from "./transport.ts";
import { openTokensBehind } from "../../src/tokens/open.ts";
import type { TokenSource } from "../../src/tokens/source.ts";
import type { TokenRecord, TokenRequest } from "../../src/tokens/store.ts";

export const ADMIN_KEY = "the-admin-key-of-the-tests";

export interface TestGatewayOptions {
  readonly config?: ConfigInput;
  readonly clock?: Clock;
  /** Looks tokens up instead of the store; `token()` still issues them from the store. */
  readonly source?: (store: SqliteTokenStore) => TokenSource;
  /** Hear of the gateway's events, besides the log and the metrics. */
  readonly observers?: readonly EventObserver[];
  readonly dataPath?: LocalGatewayOptions["dataPath"];
  readonly traces?: Traces | undefined;
}

/** What to issue a token for, less the target. */
export type Request = Partial<Omit<TokenRequest, "endpoint">>;

/** A configuration with what all gateways of the tests have. */
function settingsOf(config: ConfigInput): Config {
  const transport = transportConfig();
  return parseConfig({
    listen: "127.0.0.1:0",
    ...transport,
    ...config,
    targets: { ...transport.targets, ...config.targets },
    consoleauth: { enforce_session_timeout: true, ...config.consoleauth },
    admin: { listen: "127.0.0.1:0", key: ADMIN_KEY, ...config.admin },
  });
}

/** A gateway on free ports, with an embedded token store in memory. Enforcement is on unless a test says otherwise. */
export class TestGateway implements AsyncDisposable {
  readonly proxy: LocalGateway;
  readonly store: SqliteTokenStore;
  /** Every line that it logged, at level trace. */
  readonly logLines: string[];
  readonly host: string;
  readonly url: string;
  readonly adminUrl: string;

  private constructor(made: Pick<TestGateway, "proxy" | "store" | "logLines" | "url" | "adminUrl">) {
    this.proxy = made.proxy;
    this.store = made.store;
    this.logLines = made.logLines;
    this.url = made.url;
    this.adminUrl = made.adminUrl;
    this.host = new URL(made.url).host;
  }

  static async start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const { config = {}, clock, source, observers = [], dataPath, traces } = options;
    const store = new SqliteTokenStore(":memory:");
    const logLines: string[] = [];
    const settings = settingsOf(config);
    const proxy = new TracedGateway(settings, {
      observers,
      traces,
      tokens: openTokensBehind(source?.(store) ?? store, { ...settings.tokens, nova: settings.nova }),
      log: createLogger("trace", { write: (line) => void logLines.push(line) }),
      ...(clock && { clock }),
      ...(dataPath && { dataPath }),
    });
    return new TestGateway({ proxy, store, logLines, ...(await proxy.listen()) });
  }

  /** What SIGHUP does, with another configuration. */
  async reload(config: ConfigInput): Promise<ConfigChanges> {
    return await this.proxy.reload(settingsOf(config));
  }

  /** Issues a token for `target`, good for a minute unless the request says otherwise. */
  async token(target: string, request: Request = {}): Promise<{ token: string; record: TokenRecord }> {
    return await this.store.issue({ type: "serial", endpoint: parseEndpoint(target), ttlMs: 60_000, ...request });
  }

  /** The log's objects with this message. */
  logged(message: string): Record<string, unknown>[] {
    return this.logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === message);
  }

  /** The one reason for which the sessions so far have ended. */
  endReasons(): unknown[] {
    return this.logged("session ended").map(({ reason }) => reason);
  }

  /** Sessions, half-closed sessions and deadlines that it holds. */
  held(): { sessions: number; closing: number; deadlines: number } {
    const { size, closing, deadlines } = this.proxy.sessions;
    return { sessions: size, closing, deadlines };
  }

  /** A request to the admin API. */
  async admin(method: string, path: string, body?: unknown, key: string = ADMIN_KEY): Promise<Response> {
    return await fetch(this.adminUrl + path, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy.close();
    await this.store.close();
  }
}
