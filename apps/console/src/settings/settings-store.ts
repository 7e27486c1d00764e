import { defaults, validSettings, type Settings } from "./fields.ts";

/** The part of `localStorage` that is used. Every call may throw: full, blocked, or not there. */
export type SettingsStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const key = "curfew.console.settings";
const version = 1;

/**
 * A person's settings, kept in the browser. A storage that is blocked or holds nonsense costs
 * what was kept, nothing else: settings then hold until the page goes.
 */
export class SettingsStore {
  readonly #storage: () => SettingsStorage;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #chosen: Partial<Settings>;
  #kept = true;

  /** @param storage looked up at each use, since the mere look may throw. */
  constructor(storage: () => SettingsStorage) {
    this.#storage = storage;
    this.#chosen = this.#load();
  }

  get current(): Settings {
    return { ...defaults, ...this.#chosen };
  }

  /** Only what the person chose, for where a link says something too. */
  get chosen(): Partial<Settings> {
    return this.#chosen;
  }

  /** Whether the last change could be kept. */
  get kept(): boolean {
    return this.#kept;
  }

  change(change: Partial<Settings>): void {
    // Another tab may have kept something meanwhile.
    const before = this.#kept ? this.#load() : this.#chosen;
    this.#chosen = { ...before, ...validSettings(change) };
    this.#keep((storage) => storage.setItem(key, JSON.stringify({ version, ...this.#chosen })));
    this.#tell();
  }

  reset(): void {
    this.#chosen = {};
    this.#keep((storage) => storage.removeItem(key));
    this.#tell();
  }

  /** Takes over what another tab has kept, as a `storage` event tells: under `changed`, or under any key for null. */
  takeOver(changed: string | null): void {
    if (changed !== key && changed !== null) return;
    this.#chosen = this.#load();
    this.#tell();
  }

  /** Calls `listener` now and after every change until `signal` aborts. */
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
      const stored: unknown = JSON.parse(this.#storage().getItem(key) ?? "null");
      const known = typeof stored === "object" && stored !== null && "version" in stored && stored.version === version;
      return known ? validSettings(stored) : {};
    } catch {
      return {};
    }
  }
}

/** The settings of this page. */
export const settings = new SettingsStore(() => localStorage);
