import type { ConfigInput } from "@curfew/proxy";
import { AdminClient, type SessionView } from "@curfew/proxy/admin";
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import type { ClusterAction, ClusterView } from "../../api-types.ts";
import type { GatewayAddress, ThreadMessage, ThreadReply, ThreadRequest } from "./gateway-thread.ts";
import type { DemoOptions } from "../options.ts";

const GATEWAY_NAMES = [
  /** Ends sessions at their deadline. */
  "enforcing",
  /** Tokens only gate the opening, as in Nova without the option. */
  "lenient",
  /** Ends idle sessions. */
  "idle",
  /** Allows one session per machine: a new one replaces it. */
  "exclusive",
  /** Restarted by one of the faults. */
  "restartable",
  /** For the previews, which do not count as sessions. */
  "previews",
] as const;

/** The name of a gateway of this process. */
export type ThreadGatewayName = (typeof GATEWAY_NAMES)[number];

/** The name of a gateway, or of the cluster. */
export type GatewayName = ThreadGatewayName | "cluster";

/** The path below which the dashboard issues new tokens to console pages; see the routes in `http/api.ts`. */
export const RENEWAL_PATH = "/api/renewals/";

/** A gateway that runs, or several as one. */
export interface RunningGateway {
  readonly admin: AdminClient;
  /** The origin of its console page. */
  readonly origin: string;
  listSessions(): Promise<readonly SessionView[]>;
  /** The metrics of each gateway. */
  metrics(): Promise<readonly string[]>;
}

/** Several gateways as one, whose parts can be stopped. */
export interface GatewayCluster extends RunningGateway {
  view(): ClusterView;
  /** @throws Error when there is no such part, or it cannot do that now. */
  act(part: string, action: ClusterAction): Promise<void>;
}

/** What the configuration of a gateway depends on. */
export interface GatewaySettings extends DemoOptions {
  /** The origin that may embed the gateways' console page. */
  readonly dashboardOrigin: string;
}

export interface GatewaysOptions extends GatewaySettings {
  /** Receives each log line of the watched gateways. */
  readonly onLog: (line: string) => void;
  /** Has the consoles of machines in place of the gateway `enforcing`. */
  readonly cluster?: GatewayCluster;
}

/** The demo's gateways: one for each setting that can be chosen. A real service has one. */
export class Gateways implements AsyncDisposable {
  readonly #thread = new Worker(new URL("gateway-thread.ts", import.meta.url));
  readonly #running = new Map<ThreadGatewayName, RunningGateway>();
  readonly #origins = new Set<string>();
  readonly #options: GatewaysOptions;
  #restarting: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(options: GatewaysOptions) {
    this.#options = options;
    this.#thread.on("message", options.onLog);
  }

  static async start(options: GatewaysOptions): Promise<Gateways> {
    const gateways = new Gateways(options);
    await Promise.all(GATEWAY_NAMES.map((name) => gateways.#start(name, 0)));
    return gateways;
  }

  get(name: GatewayName): RunningGateway {
    const gateway = name === "cluster" ? this.cluster : this.#running.get(name);
    if (gateway === undefined) throw new Error(`the gateway ${name} is restarting`);
    return gateway;
  }

  get cluster(): GatewayCluster | undefined {
    return this.#options.cluster;
  }

  /** The gateway that has the consoles of machines. */
  forMachines(enforce: boolean): GatewayName {
    if (!enforce) return "lenient";
    return this.cluster === undefined ? "enforcing" : "cluster";
  }

  /** The running gateways whose sessions the dashboard shows. */
  watched(): readonly (readonly [GatewayName, RunningGateway])[] {
    const watched = [...this.#running].filter(([name]) => isWatched(name));
    return this.cluster === undefined ? watched : [...watched, ["cluster", this.cluster]];
  }

  /** The origins of the console pages. */
  origins(): readonly string[] {
    return this.cluster === undefined ? [...this.#origins] : [...this.#origins, this.cluster.origin];
  }

  /** Restarts a gateway at the same address. */
  async restart(name: ThreadGatewayName): Promise<void> {
    if (this.#stopped) return;
    const { origin } = this.get(name);
    this.#running.delete(name);
    const again = async (): Promise<void> => {
      await this.#ask({ type: "stop", name });
      await this.#start(name, Number(new URL(origin).port));
    };
    this.#restarting = again();
    await this.#restarting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#restarting.catch(() => {});
    await Promise.all([...this.#running.keys()].map((name) => this.#ask({ type: "stop", name })));
    await this.#thread.terminate();
  }

  async #start(name: ThreadGatewayName, port: number): Promise<void> {
    const config = configOf(name, port, this.#options);
    const reply = await this.#ask({ type: "start", name, config, audited: isWatched(name) });
    const { url, adminUrl, adminKey } = reply as GatewayAddress;
    const admin = new AdminClient({ url: adminUrl, key: adminKey });
    this.#running.set(name, {
      admin,
      origin: url,
      listSessions: async () => (await admin.listSessions()).sessions,
      metrics: async () => [await admin.metrics()],
    });
    this.#origins.add(url);
  }

  async #ask(request: ThreadRequest): Promise<ThreadReply> {
    const { port1, port2 } = new MessageChannel();
    const replied = once(port1, "message") as Promise<[ThreadReply]>;
    this.#thread.postMessage({ request, replyTo: port2 } satisfies ThreadMessage, [port2]);
    const [reply] = await replied;
    port1.close();
    if (reply instanceof Error) throw reply;
    return reply;
  }
}

/** The previews do not count as sessions. */
function isWatched(name: ThreadGatewayName): boolean {
  return name !== "previews";
}

/** The configuration of a gateway. */
export function configOf(name: ThreadGatewayName, port: number, options: GatewaySettings): ConfigInput {
  const { dashboardOrigin, lifetimes, faultDelay } = options;
  const shortest = Math.min(...lifetimes);
  return {
    listen: `127.0.0.1:${port}`,
    admin: { listen: "127.0.0.1:0" },
    tokens: { path: ":memory:" },
    consoleauth: { enforce_session_timeout: name !== "lenient" },
    sessions: {
      // The warning must come some time after the start, even for the shortest lifetime.
      warn_before: [300, 60, Math.min(10, shortest / 2)],
      ...(name === "idle" ? { idle_timeout: idleTimeout(faultDelay) } : {}),
      ...(name === "exclusive" ? { max_per_instance: 1, on_limit: "replace" } : {}),
    },
    console: { allowed_origins: [dashboardOrigin], renew_paths: [RENEWAL_PATH] },
    targets: { connect_timeout: faultDelay },
  };
}

/** The idle timeout of the gateway `idle`, in seconds. */
export function idleTimeout(faultDelay: number): number {
  return 2 * faultDelay;
}
