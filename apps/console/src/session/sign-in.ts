import type { ServerIdentity, VncCredentials, VncPromptContext } from "@curfew/client/vnc";
import { createIdentityCard } from "../cards/identity-card.ts";
import { CredentialsDialog } from "../dialogs/credentials-dialog.ts";
import type { PageShell } from "../shell/page-shell.ts";
import type { SignInStep } from "../shell/page-status.ts";

export interface SignInListeners {
  /** A step is done, or its attempt is over. */
  readonly onDone: () => void;
  /** The user canceled. */
  readonly onCancel: () => void;
}

/**
 * The steps that the machine's console requires of the user before it opens: credentials, and trust in its key. Each step
 * has the signal of its connection attempt and disappears with it.
 */
export class SignIn {
  readonly #shell: PageShell;
  readonly #listeners: SignInListeners;
  /** An object, so that a step is distinguished from a later one of the same kind. */
  #current: { readonly step: SignInStep } | undefined;
  /** SHA-256 of the machine's key that the user trusts, so that the same key needs no second confirmation. */
  #trusted: string | undefined;
  #dialog: CredentialsDialog | undefined;

  constructor(shell: PageShell, listeners: SignInListeners) {
    this.#shell = shell;
    this.#listeners = listeners;
  }

  /** The step that waits for the user. */
  get step(): SignInStep | undefined {
    return this.#current?.step;
  }

  /** @throws Error when the user cancels or the attempt is over */
  async credentials(
    types: readonly (keyof VncCredentials)[],
    { rejected, signal }: VncPromptContext,
  ): Promise<VncCredentials> {
    if (this.#dialog?.asksFor(types) !== true) {
      this.#dialog?.close();
      this.#dialog = new CredentialsDialog(types, this.#listeners.onCancel);
    }
    const dialog = this.#dialog;
    return this.#run("credentials", () => dialog.ask(rejected, signal));
  }

  /** There is a verdict on the credentials, or none will come. */
  finish(): void {
    this.#dialog?.close();
    this.#dialog = undefined;
  }

  /** Whether the user trusts the machine's key. */
  async identity({ fingerprint, sha256 }: ServerIdentity, signal: AbortSignal): Promise<boolean> {
    if (this.#trusted === sha256) return true;
    const trusted = await this.#run("identity", () => {
      return new Promise<boolean>((resolve) => {
        this.#shell.showCard(createIdentityCard(fingerprint, resolve));
        signal.addEventListener("abort", () => {
          resolve(false);
        });
      });
    });
    if (trusted) this.#trusted = sha256;
    else if (!signal.aborted) this.#listeners.onCancel();
    return trusted;
  }

  async #run<Answer>(step: SignInStep, ask: () => Promise<Answer>): Promise<Answer> {
    const current = { step };
    this.#current = current;
    this.#shell.setStatus(step);
    try {
      return await ask();
    } finally {
      if (this.#current === current) this.#current = undefined;
      this.#listeners.onDone();
    }
  }
}
