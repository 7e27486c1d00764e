import type { Grant } from "../../src/tokens/grant.ts";
import type { LookupContext, TokenSource } from "../../src/tokens/source.ts";

/** A lookup that reached a {@link ScriptedSource}. */
export interface Lookup {
  readonly token: string;
  readonly context: LookupContext;
  readonly answer: (grant: Grant | undefined) => void;
  readonly fail: (error: Error) => void;
}

/** A source whose every answer the test gives. */
export class ScriptedSource implements TokenSource {
  readonly lookups: Lookup[] = [];
  closed = 0;
  #more = Promise.withResolvers<void>();

  async resolve(token: string, context: LookupContext): Promise<Grant | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant | undefined>();
    this.lookups.push({ token, context, answer: resolve, fail: reject });
    this.#more.resolve();
    this.#more = Promise.withResolvers();
    return await promise;
  }

  /** The lookup that came as the `number`th, once it has. */
  async asked(number = 0): Promise<Lookup> {
    for (;;) {
      const lookup = this.lookups[number];
      if (lookup !== undefined) return lookup;
      await this.#more.promise;
    }
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** A grant of a foreign system, without an expiry unless the test names one. */
export function foreignGrant(grant: Partial<Grant> = {}): Grant {
  return {
    tokenId: "id of the grant",
    type: "serial",
    endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 },
    instance: undefined,
    name: undefined,
    user: undefined,
    access: "control",
    expiresAt: undefined,
    ...grant,
  };
}
