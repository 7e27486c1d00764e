import type { ConsoleConnection } from "../connection/connection.ts";

/** How long a successful renewal is shown, in milliseconds, by default. */
const RENEWED_SHOWN_MS = 5000;

/** What a page tells about the end of the running session. */
export type WarningPhase = "expiring" | "renewing" | "renew-failed" | "renewed";

/** Options of an {@link ExpiryWarning}. */
export interface ExpiryWarningOptions {
  /** The session renews itself: only failed renewals are shown. @defaultValue false */
  autoRenew?: boolean;
  /** Milliseconds that a successful renewal is shown. @defaultValue 5000 */
  renewedShownMs?: number;
  /** Called when the warning changes. The page also follows the connection's event `state`. */
  onChange: () => void;
}

/** When to warn of the end of a session. It follows one connection. */
export class ExpiryWarning {
  readonly #connection: Pick<ConsoleConnection, "on" | "state">;
  readonly #options: ExpiryWarningOptions;
  /** The result of the last renewal, until the next warning or until it was shown long enough. */
  #renewal: "done" | "failed" | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hidden = false;
  #totalMs = 0;

  /** @param signal - stops following the connection */
  constructor(
    connection: Pick<ConsoleConnection, "on" | "state">,
    options: ExpiryWarningOptions,
    signal?: AbortSignal,
  ) {
    this.#connection = connection;
    this.#options = options;
    const listen = { ...(signal && { signal }) };
    connection.on("state", ({ status }) => status !== "connected" && this.#reset(), listen);
    connection.on("expiring", ({ expiresInMs }) => this.#warn(expiresInMs), listen);
    connection.on("renewed", () => this.#settle("done"), listen);
    connection.on("renewfailed", () => this.#settle("failed"), listen);
    signal?.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** What to tell; undefined if there is nothing. */
  get phase(): WarningPhase | undefined {
    const { state } = this.#connection;
    if (state.status !== "connected") return undefined;
    const { expiring = false, renewing = false } = state.session ?? {};
    const failed = expiring && this.#renewal === "failed";
    if (this.#options.autoRenew && !failed) return undefined;
    if (renewing) return "renewing";
    if (expiring) return failed ? "renew-failed" : "expiring";
    return this.#renewal === "done" ? "renewed" : undefined;
  }

  /** Whether to show the warning: there is one, and the user did not hide it. */
  get visible(): boolean {
    return this.phase !== undefined && !this.#hidden;
  }

  /** The time left at the first warning, in milliseconds, for an indicator that empties. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** The user hides the warning. The next warning and the result of a renewal show it again. */
  hide(): void {
    this.#hidden = true;
    this.#options.onChange();
  }

  #reset(): void {
    this.#renewal = undefined;
    this.#totalMs = 0;
    this.#hidden = false;
  }

  #warn(expiresInMs: number): void {
    this.#totalMs = Math.max(this.#totalMs, expiresInMs);
    this.#renewal = undefined;
    this.#hidden = false;
    this.#options.onChange();
  }

  #settle(result: "done" | "failed"): void {
    clearTimeout(this.#timer);
    this.#renewal = result;
    this.#hidden = false;
    if (result === "done") this.#totalMs = 0;
    this.#options.onChange();
    this.#timer = setTimeout(() => {
      if (this.#renewal !== "done") return;
      this.#renewal = undefined;
      this.#options.onChange();
    }, this.#options.renewedShownMs ?? RENEWED_SHOWN_MS);
  }
}
