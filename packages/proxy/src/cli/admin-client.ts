import type { Command } from "commander";
import { formatAddress } from "../config/address.ts";
import { loadConfig } from "../config/load.ts";
import { CommandError } from "./command-error.ts";

/** Options of the commands that talk to a running gateway. */
export interface AdminClientOptions {
  readonly config?: string;
  readonly admin?: string;
  readonly key?: string;
}

/** Adds the options that say which gateway to talk to. */
export function withAdminOptions(command: Command): Command {
  return command
    .option("--config <file>", "the gateway's configuration, for admin.listen and admin.key")
    .option("--admin <url>", "address of the operator's API, instead of admin.listen")
    .option("--key <key>", "key of the operator's API, instead of admin.key; CURFEW_ADMIN_KEY does the same");
}

/** Talks to a running gateway's operator API. */
export class AdminClient {
  readonly #url: string;
  readonly #key: string;

  private constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /** @throws CommandError when no key is known. */
  static async from(options: AdminClientOptions): Promise<AdminClient> {
    const config = await loadConfig({ file: options.config, env: process.env });
    const key = options.key ?? config.admin.key;
    if (key === null) {
      throw new CommandError(
        "the key of the operator's API is not known: expected admin.key in --config, CURFEW_ADMIN_KEY or --key " +
          "(a gateway without a configured key prints a generated one when it starts)",
      );
    }
    return new AdminClient(options.admin ?? `http://${formatAddress(config.admin.listen)}`, key);
  }

  /**
   * @returns the answer's JSON.
   * @throws CommandError with the gateway's own words when it refuses, or its address when it does not answer.
   */
  async call<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#key}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new CommandError(`no gateway answers at ${this.#url}: ${cause}`);
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer as T;
    const detail = (answer as { detail?: string } | undefined)?.detail ?? response.statusText;
    throw new CommandError(`the gateway at ${this.#url} refused: ${detail}`);
  }
}
