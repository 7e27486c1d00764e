import { AmqpBroker } from "./amqp-broker.ts";
import type { Broker, BrokerListener } from "./broker.ts";
import { computeTarget } from "./compute-target.ts";
import type { NovaRpcOptions } from "./options.ts";
import { withQueryOptions } from "./query-options.ts";
import { RemoteError } from "./reply.ts";
import { type ConsolePort, consolePortRequest } from "./request.ts";
import { RpcClient } from "./rpc-client.ts";
import { tlsOptions } from "./tls-options.ts";
import { parseTransportUrl } from "./transport-url.ts";

/** The longest wait for an answer, in milliseconds: a lookup with all its steps has 10 s. */
const MAX_ANSWER_MS = 9000;

/**
 * What nova-compute raises where there is no such console: another host has the machine, it is gone, or it has no console of
 * this type.
 */
const REFUSALS: readonly string[] = ["InstanceNotFound", "ConsoleTypeUnavailable", "ConsoleTypeInvalid"];

/** Asks nova-compute whether the port in a token still is that of the machine's console (`validate_console_port`). */
export class ConsolePortValidator {
  readonly #client: RpcClient;
  readonly #upgradeLevel: string;
  readonly #timeoutMs: number;

  private constructor(options: NovaRpcOptions, connect: (listener: BrokerListener) => Broker) {
    this.#client = new RpcClient(connect);
    this.#upgradeLevel = options.upgrade_levels_compute;
    // Whole: the broker takes no other.
    this.#timeoutMs = Math.ceil(Math.min(options.rpc_response_timeout * 1000, MAX_ANSWER_MS));
  }

  /**
   * Reads the options and loads the driver. The connection is made when it is first needed.
   *
   * @param transportUrl - `[DEFAULT] transport_url` of nova.conf, or that of a cell.
   * @param first - index of the node that is tried first; test seam.
   * @throws Error that names the option that is wrong.
   */
  static async open(transportUrl: string, configured: NovaRpcOptions, first?: number): Promise<ConsolePortValidator> {
    const { url, options } = readOptions(transportUrl, configured);
    const tls = await tlsOptions(options);
    const amqp = await import("amqplib");
    return new ConsolePortValidator(
      options,
      (listener) => new AmqpBroker({ amqp, rpc: options, url, tls, first }, listener),
    );
  }

  /**
   * Whether the console has this port.
   *
   * @param serviceVersion - the lowest version of a nova-compute service, from the table `services`, if it is known.
   * @throws Error when there is no answer: the broker is away, or nova-compute does not answer in time or raises an
   *   exception that says nothing about the console.
   */
  async isValid(console: ConsolePort, serviceVersion: number | undefined, signal: AbortSignal): Promise<boolean> {
    const { host } = console.instance;
    // No host has the machine, so it has no console.
    if (host === null || host === "") return false;
    const target = computeTarget(this.#upgradeLevel, serviceVersion);
    try {
      const result = await this.#client.call({
        routingKey: `${target.topic}.${host}`,
        content: (ids) => consolePortRequest(console, target, ids),
        timeoutMs: this.#timeoutMs,
        signal,
      });
      if (typeof result === "boolean") return result;
    } catch (error) {
      if (error instanceof RemoteError && REFUSALS.includes(error.exception)) return false;
      throw error;
    }
    throw new Error("expected true or false of nova-compute");
  }

  /** Rejects, with the cause, while no console could be validated. */
  async health(signal: AbortSignal): Promise<void> {
    await this.#client.health(signal);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

function readOptions(transportUrl: string, configured: NovaRpcOptions) {
  try {
    const url = parseTransportUrl(transportUrl);
    return { url, options: withQueryOptions(configured, url.query) };
  } catch (error) {
    throw new Error(`transport_url: ${(error as Error).message}`, { cause: error });
  }
}
