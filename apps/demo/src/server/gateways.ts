import { type ConsoleProxy, createConsoleProxy, createLogger } from "@curfew/proxy";
import { Operator } from "./operator.ts";

/** What each gateway is for, and how it differs from the others. */
const roles = {
  /** Ends sessions at their deadline. */
  enforcing: { enforce: true, idleTimeout: null },
  /** Tokens only gate the opening, as in Nova without the option. */
  lenient: { enforce: false, idleTimeout: null },
  /** Ends sessions that nobody uses. */
  idle: { enforce: true, idleTimeout: 6 },
  /** Is shut down and started again by one of the faults. */
  spare: { enforce: true, idleTimeout: null },
  /** For the pictures on the cards, which are nobody's sessions and stand in no list. */
  previews: { enforce: true, idleTimeout: null },
} as const;

/** The name of a gateway. */
export type GatewayName = keyof typeof roles;

const names = Object.keys(roles) as GatewayName[];

/** The gateways whose sessions the dashboard shows. */
export const watched: readonly GatewayName[] = names.filter((name) => name !== "previews");

/** A gateway that runs. */
export interface RunningGateway {
  readonly proxy: ConsoleProxy;
  readonly operator: Operator;
  /** Where its console page is, without a path. */
  readonly origin: string;
}

/** The demo's gateways: one for each setting that can be switched. A real service has one. */
export class Gateways implements AsyncDisposable {
  readonly #running = new Map<GatewayName, RunningGateway>();
  readonly #origins = new Set<string>();
  readonly #dashboardOrigin: string;
  readonly #onLog: (line: string) => void;
  #restarting: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(dashboardOrigin: string, onLog: (line: string) => void) {
    this.#dashboardOrigin = dashboardOrigin;
    this.#onLog = onLog;
  }

  /** @param onLog - gets each line of the logs of the watched gateways. */
  static async start(dashboardOrigin: string, onLog: (line: string) => void): Promise<Gateways> {
    const gateways = new Gateways(dashboardOrigin, onLog);
    await Promise.all(names.map((name) => gateways.#start(name, 0)));
    return gateways;
  }

  get(name: GatewayName): RunningGateway {
    const gateway = this.#running.get(name);
    if (gateway === undefined) throw new Error(`the gateway ${name} is restarting`);
    return gateway;
  }

  /** Those that run just now and have their sessions shown. */
  watched(): readonly (readonly [GatewayName, RunningGateway])[] {
    return [...this.#running].filter(([name]) => watched.includes(name));
  }

  /** Where console pages come from. */
  origins(): readonly string[] {
    return [...this.#origins];
  }

  /** Shuts a gateway down as SIGTERM would, and starts it again at the same address. */
  async restart(name: GatewayName): Promise<void> {
    if (this.#stopped) return;
    const { proxy, origin } = this.get(name);
    this.#running.delete(name);
    const again = async (): Promise<void> => {
      await proxy.close();
      await this.#start(name, Number(new URL(origin).port));
    };
    this.#restarting = again();
    await this.#restarting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#restarting.catch(() => {});
    await Promise.all([...this.#running.values()].map(({ proxy }) => proxy.close()));
  }

  async #start(name: GatewayName, port: number): Promise<void> {
    const { enforce, idleTimeout } = roles[name];
    const proxy = createConsoleProxy({
      config: {
        listen: `127.0.0.1:${port}`,
        admin: { listen: "127.0.0.1:0" },
        tokens: { path: ":memory:" },
        consoleauth: { enforce_session_timeout: enforce },
        sessions: { warn_before: [300, 60, 10], idle_timeout: idleTimeout },
        console: { allowed_origins: [this.#dashboardOrigin] },
      },
      // The audit trail is in the log, from level info on.
      log: watched.includes(name) ? createLogger("info", { write: this.#onLog }) : createLogger("warn"),
    });
    const { url, adminUrl } = await proxy.listen();
    this.#running.set(name, { proxy, operator: new Operator(adminUrl, proxy.adminKey), origin: url });
    this.#origins.add(url);
  }
}
