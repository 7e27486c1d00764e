import type { ConsoleType } from "@curfew/protocol";
import { parseEndpoint } from "../net/endpoint.ts";
import { targetGrant } from "./files/target-grant.ts";
import type { Grant } from "./grant.ts";
import { NO_TOKEN } from "./no-token.ts";
import type { TokenSource } from "./source.ts";

/** Options of {@link FixedTokenSource}. */
export interface FixedSourceOptions {
  /** The console that every client opens, as `parseEndpoint` reads it. */
  readonly endpoint: string;
  /** Its type. */
  readonly console_type: ConsoleType;
}

/** One console for all clients, which need no token (websockify's command line with a target). */
export class FixedTokenSource implements TokenSource {
  readonly #grant: Grant;

  constructor({ endpoint, console_type: consoleType }: FixedSourceOptions) {
    this.#grant = targetGrant(NO_TOKEN, parseEndpoint(endpoint), consoleType);
  }

  async resolve(token: string): Promise<Grant | undefined> {
    return token === NO_TOKEN ? this.#grant : undefined;
  }
}
