import type { StoreSession } from "./session.ts";

/** What a {@link StoreEngine} connects with. */
export interface OpenContext {
  /** How long each step may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Called when what was opened can no longer be used. */
  readonly onLost: (error: unknown) => void;
  /** Aborts when it is not needed any more. */
  readonly signal: AbortSignal;
}

/** An open connection to a store, which is not made again when it is lost. */
export interface OpenStore {
  readonly session: StoreSession;
  /** For what waits, and for what follows from it: it holds up nothing else. */
  readonly reader: StoreSession;
  /** @throws Error saying why the store cannot be used, or not any more. */
  check(): Promise<void>;
  /** Rejects when it finds out by other means that this server is not to be used any more. */
  watch(signal: AbortSignal): Promise<never>;
  /** Whether an error says the same. */
  isReplaced(error: unknown): boolean;
  close(): void;
}

/** Makes connections to a store. */
export interface StoreEngine {
  /** @throws Error saying why there is none. */
  open(context: OpenContext): Promise<OpenStore>;
}
