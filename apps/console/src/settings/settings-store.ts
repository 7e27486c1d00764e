import { DEFAULTS, validSettings, type Settings } from "./fields.ts";

/** The part of `localStorage` that is used. Every call may throw: storage can be full, blocked or missing. */
export type SettingsStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const STORAGE_KEY = "curfew.console.settings";
const VERSION = 1;

/**
 * The user's settings, kept in the browser. Where storage is blocked or holds invalid data, settings last until the
 * page is closed.
 */
export class SettingsStore {
  readonly #storage: () => SettingsStorage;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #chosen: Partial<Settings>;
  #kept = true;

  /** @param storage - called at each use, because reading `window.localStorage` may throw */
  constructor(storage: () => SettingsStorage) {
    this.#storage = storage;
    this.#chosen = this.#load();
  }

  get current(): Settings {
    return { ...DEFAULTS, ...this.#chosen };
  }

  /** Only the settings that the user chose. A parameter of the URL may override the others. */
  get chosen(): Partial<Settings> {
    return this.#chosen;
  }

  /** Whether the last change was stored. */
  get kept(): boolean {
    return this.#kept;
  }

  change(change: Partial<Settings>): void {
    // Another tab may have stored a change in the meantime.
    const before = this.#kept ? this.#load() : this.#chosen;
    this.#chosen = { ...before, ...validSettings(change) };
    this.#keep((storage) => storage.setItem(STORAGE_KEY, JSON.stringify({ version: VERSION, ...this.#chosen })));
    this.#tell();
  }

  reset(): void {
    this.#chosen = {};
    this.#keep((storage) => storage.removeItem(STORAGE_KEY));
    this.#tell();
  }

  /**
   * Adopts what another tab has stored.
   *
   * @param changed - the key of the `storage` event; null where all keys were removed
   */
  takeOver(changed: string | null): void {
    if (changed !== STORAGE_KEY && changed !== null) return;
    this.#chosen = this.#load();
    this.#tell();
  }

  /** Calls `listener` now and after every change, until `signal` aborts. */
  follow(listener: (settings: Settings) => void, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener("abort", () => this.#listeners.delete(listener));
    listener(this.current);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.current);
  }

  #keep(write: (storage: SettingsStorage) => void): void {
    try {
      write(this.#storage());
      this.#kept = true;
    } catch {
      this.#kept = false;
    }
  }

  #load(): Partial<Settings> {
    try {
      const stored: unknown = JSON.parse(this.#storage().getItem(STORAGE_KEY) ?? "null");
      const known = typeof stored === "object" && stored !== null && "version" in stored && stored.version === VERSION;
      return known ? validSettings(stored) : {};
    } catch {
      return {};
    }
  }
}

/** The settings of this page. */
export const settings = new SettingsStore(() => localStorage);
