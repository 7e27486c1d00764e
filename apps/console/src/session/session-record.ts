import type { CloseInfo } from "@curfew/client";
import type { EndCircumstance, EndInfo } from "../cards/end-card.ts";

/** What the page notes about a session while it lasts, for the card at its end. */
export class SessionRecord {
  /** The machine's name; empty when it is not known. */
  name: string;
  /** Whether the gateway ever accepted a connection. */
  reached = false;
  /** Whether something between browser and gateway seems to block WebSockets. */
  blocked = false;
  #sessionId: string | undefined;
  #openedAt: number | undefined;
  /** When the connection was lost; undefined while the console is open. */
  #lostAt: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * The console opened, for the first time or again.
   *
   * @returns whether this is the first time
   */
  markOpen(): boolean {
    const isFirst = this.#openedAt === undefined;
    this.#openedAt ??= performance.now();
    this.#lostAt = undefined;
    return isFirst;
  }

  markLost(): void {
    this.#lostAt = performance.now();
  }

  setSessionId(id: string | undefined): void {
    this.#sessionId = id ?? this.#sessionId;
  }

  /** The session ends now. */
  end(close: CloseInfo): EndInfo {
    return {
      close,
      name: this.name,
      endedAt: new Date(),
      lastedMs: this.#openedAt === undefined ? undefined : (this.#lostAt ?? performance.now()) - this.#openedAt,
      sessionId: this.#sessionId,
      reached: this.reached,
      circumstance: this.#circumstance(close),
    };
  }

  #circumstance({ reason }: CloseInfo): EndCircumstance | undefined {
    // For example because the gateway was upgraded in the meantime.
    if (reason === "viewer_load_failed") return "viewer-missing";
    if (reason === "connect_failed" && this.blocked) return "blocked";
    return reason !== "viewer_failed" || isSecureContext ? undefined : "insecure";
  }
}
