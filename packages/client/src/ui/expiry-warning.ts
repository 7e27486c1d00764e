import type { ConsoleConnection } from "../connection/connection.ts";
import type { ConsoleError } from "../connection/model/errors.ts";

/** How long a successful renewal is shown, in milliseconds, by default. */
const RENEWED_SHOWN_MS = 5000;

/** Whether a session can be renewed from a page. The names are those of the sentences in {@link Messages.session}. */
export type Renewability = "renewable" | "needsNewAccess" | "notRenewable";

/**
 * What a page tells about the end of the running session. `inactive`: it ends because there was no input; the button
 * calls {@link ConsoleConnection.stillHere}, in the other phases `renew()`.
 */
export type WarningPhase = "expiring" | "renewing" | "renew-failed" | "renewed" | "inactive";

/** Options of an {@link ExpiryWarning}. */
export interface ExpiryWarningOptions {
  /** Whether the page can get a token to renew with. */
  canRenew: () => boolean;
  /** The session renews itself: only failed renewals are shown. @defaultValue false */
  autoRenew?: boolean;
  /** Milliseconds that a successful renewal is shown. @defaultValue 5000 */
  renewedShownMs?: number;
  /** Called after every event that can change the warning, each change of the connection's state included. */
  onChange: () => void;
  /** Stops following the connection. */
  signal?: AbortSignal;
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
  #inactiveMs = 0;
  #failure: ConsoleError | undefined;

  constructor(connection: Pick<ConsoleConnection, "on" | "state">, options: ExpiryWarningOptions) {
    this.#connection = connection;
    this.#options = options;
    connection.on(
      "state",
      ({ status }) => (status === "connected" ? options.onChange() : this.#set(undefined, 0)),
      options,
    );
    connection.on("expiring", ({ expiresInMs }) => this.#set(undefined, Math.max(this.#totalMs, expiresInMs)), options);
    connection.on("idlewarning", ({ endsInMs }) => this.#warnInactive(endsInMs), options);
    connection.on("renewed", () => this.#set("done", 0), options);
    connection.on("renewfailed", (error) => this.#fail(error), options);
    options.signal?.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** What to tell; undefined if there is nothing. */
  get phase(): WarningPhase | undefined {
    const { state } = this.#connection;
    if (state.status !== "connected") return undefined;
    const { expiring = false, renewing = false, expiresAt, idleEndsAt = null } = state.session ?? {};
    if (idleEndsAt !== null && !(expiring && (expiresAt ?? Infinity) <= idleEndsAt)) return "inactive";
    const failed = expiring && this.#renewal === "failed";
    if (this.#options.autoRenew && !failed) return undefined;
    if (renewing) return "renewing";
    if (expiring) return failed ? "renew-failed" : "expiring";
    return this.#renewal === "done" ? "renewed" : undefined;
  }

  /** What to show: {@link phase}, unless the user hid it. */
  get shownPhase(): WarningPhase | undefined {
    return this.#hidden ? undefined : this.phase;
  }

  /** Why the last renewal failed, for the phase `renew-failed`. */
  get failure(): ConsoleError | undefined {
    return this.#failure;
  }

  /** When the session ends, on the clock of `performance.now()` in milliseconds; null if it does not. */
  get endsAt(): number | null {
    const { state } = this.#connection;
    const session = state.status === "connected" ? state.session : null;
    return (this.phase === "inactive" ? session?.idleEndsAt : session?.expiresAt) ?? null;
  }

  /** Whether the session can be renewed. */
  get renewability(): Renewability {
    const { state } = this.#connection;
    if (state.status === "connected" && state.session?.renewable === false) return "notRenewable";
    return this.#options.canRenew() ? "renewable" : "needsNewAccess";
  }

  /** The time left at the first warning, in milliseconds, for an indicator that empties. */
  get totalMs(): number {
    return this.phase === "inactive" ? this.#inactiveMs : this.#totalMs;
  }

  /** The user hides the warning. The next warning and the result of a renewal show it again. */
  hide(): void {
    this.#hidden = true;
    this.#options.onChange();
  }

  #fail(error: ConsoleError): void {
    this.#failure = error;
    this.#set("failed", this.#totalMs);
  }

  #warnInactive(endsInMs: number | null): void {
    this.#inactiveMs = endsInMs ?? 0;
    if (endsInMs !== null) this.#hidden = false;
    this.#options.onChange();
  }

  #set(renewal: "done" | "failed" | undefined, totalMs: number): void {
    clearTimeout(this.#timer);
    this.#renewal = renewal;
    this.#totalMs = totalMs;
    this.#hidden = false;
    if (renewal === "done") {
      const shownMs = this.#options.renewedShownMs ?? RENEWED_SHOWN_MS;
      this.#timer = setTimeout(() => this.#set(undefined, 0), shownMs);
    }
    this.#options.onChange();
  }
}
