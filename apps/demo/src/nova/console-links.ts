import type { NovaDatabase, TokenRow } from "@curfew/conformance/cloud";

/** What {@link ConsoleLinks} is made with. */
export interface ConsoleLinksOptions {
  readonly database: NovaDatabase;
  /** The console's port on 127.0.0.1. */
  readonly port: number;
  /** `[vnc] novncproxy_base_url`. */
  readonly baseUrl: string;
}

/** Does to the database what Nova does: gives links to one machine's console, and takes access away. */
export class ConsoleLinks {
  readonly #options: ConsoleLinksOptions;
  #last: TokenRow | undefined;

  constructor(options: ConsoleLinksOptions) {
    this.#options = options;
  }

  /** Writes a row as nova-compute does, and returns the link that Nova's API would answer. */
  async issue(seconds: number): Promise<string> {
    const { database, port, baseUrl } = this.#options;
    const row = await database.addToken({
      ...(this.#last !== undefined && { instance: this.#last.instance }),
      port,
      accessUrlBase: baseUrl,
      expires: Math.floor(Date.now() / 1000) + seconds,
    });
    this.#last = row;
    return `${baseUrl}?path=${encodeURIComponent(`?token=${row.token}`)}`;
  }

  /** Deletes the row of the last link, as Nova does when a machine has moved to another host. */
  async revoke(): Promise<void> {
    if (this.#last !== undefined) await this.#options.database.deleteToken(this.#last);
  }

  /** Deletes the machine. The next link is for another one. */
  async deleteInstance(): Promise<void> {
    if (this.#last !== undefined) await this.#options.database.deleteInstance(this.#last.instance);
    this.#last = undefined;
  }
}
