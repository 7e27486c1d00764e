import type { Config } from "./config/config.ts";
import type { LocalGatewayOptions } from "./gateway-types.ts";
import { LocalGateway } from "./gateway.ts";
import type { Traces } from "./telemetry/traces/traces.ts";

/** A gateway of one process, or of one of several workers, whose sessions are traced if the environment wants it. */
export class TracedGateway extends LocalGateway {
  readonly #traces: Traces | undefined;

  /** @param options - with traces that are closed with the gateway; undefined for none. */
  constructor(config: Config, options: LocalGatewayOptions & { readonly traces: Traces | undefined }) {
    const { traces, observers = [], dataPath } = options;
    const traced = traces && { observers: [...observers, traces.observer], dataPath: { ...dataPath, traces } };
    super(config, { ...options, ...traced });
    this.#traces = traces;
  }

  override async drain(timeoutMs?: number): Promise<void> {
    await super.drain(timeoutMs);
    await this.#traces?.close();
  }
}
