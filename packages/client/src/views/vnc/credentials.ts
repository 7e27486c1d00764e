import type { VncCredentials } from "./options.ts";

/** The credentials of a console, over all of its connections: accepted ones are used again, rejected ones are not. */
export class CredentialStore {
  #current: VncCredentials | undefined;
  /** What was rejected last. */
  #rejected: string | undefined;

  /** @param given - credentials that the page knows */
  constructor(given: VncCredentials | undefined) {
    this.#current = given;
  }

  /** A copy, because noVNC adds to it what is valid for one connection only. */
  get current(): VncCredentials {
    return { ...this.#current };
  }

  /** Whether the last credentials were rejected. */
  get wasRejected(): boolean {
    return this.#rejected !== undefined;
  }

  /** Adds what the user answered. */
  answered(credentials: VncCredentials): void {
    this.#current = { ...this.#current, ...credentials };
  }

  accepted(): void {
    this.#rejected = undefined;
  }

  /** Forgets the credentials. Returns false if the same were rejected before, so that asking again cannot help. */
  rejected(): boolean {
    const credentials = JSON.stringify(this.#current);
    const isNew = credentials !== this.#rejected;
    this.#rejected = credentials;
    this.#current = undefined;
    return isNew;
  }
}
