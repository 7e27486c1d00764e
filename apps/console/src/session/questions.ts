import type { ServerIdentity, VncCredentials } from "@curfew/client/vnc";
import { askCredentials } from "../views/dialogs.ts";
import type { Frame } from "../views/frame.ts";
import { createIdentityCard } from "../views/identity-card.ts";
import type { Question } from "./page-status.ts";

/** What is done about the person's answers. */
export interface QuestionListeners {
  readonly onAnswer: () => void;
  /** The person does not want this console. */
  readonly onCancel: () => void;
}

/**
 * What the machine's console asks the person before it opens. Each question has the signal of the attempt that asks:
 * with a connection its question goes, too.
 */
export class Questions {
  readonly #frame: Frame;
  readonly #listeners: QuestionListeners;
  /** An object, so that the answer to a question is told from that to a later one of the same kind. */
  #open: { readonly question: Question } | null = null;
  /** SHA-256 of the machine's key that the person trusts; it is asked about once. */
  #trusted: string | null = null;

  constructor(frame: Frame, listeners: QuestionListeners) {
    this.#frame = frame;
    this.#listeners = listeners;
  }

  /** The question that waits for its answer. */
  get open(): Question | null {
    return this.#open?.question ?? null;
  }

  /** @throws Error when the person cancels, or the attempt is over */
  async credentials(types: readonly (keyof VncCredentials)[], signal: AbortSignal): Promise<VncCredentials> {
    try {
      return await this.#ask("credentials", () => askCredentials(types, signal));
    } catch (error) {
      if (!signal.aborted) this.#listeners.onCancel();
      throw error;
    }
  }

  /** Whether the person trusts the machine's key. */
  async identity({ fingerprint, sha256 }: ServerIdentity, signal: AbortSignal): Promise<boolean> {
    if (this.#trusted === sha256) return true;
    const trusted = await this.#ask("identity", () => {
      return new Promise<boolean>((resolve) => {
        this.#frame.showCard(createIdentityCard(fingerprint, resolve));
        signal.addEventListener("abort", () => {
          resolve(false);
        });
      });
    });
    if (trusted) this.#trusted = sha256;
    else if (!signal.aborted) this.#listeners.onCancel();
    return trusted;
  }

  async #ask<Answer>(question: Question, answer: () => Promise<Answer>): Promise<Answer> {
    const asked = { question };
    this.#open = asked;
    this.#frame.setStatus(question);
    try {
      return await answer();
    } finally {
      if (this.#open === asked) this.#open = null;
      this.#listeners.onAnswer();
    }
  }
}
