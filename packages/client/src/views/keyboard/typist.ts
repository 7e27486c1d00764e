import type { Key } from "../../ui/keysyms.ts";
import { Pacer } from "../../util/pacer.ts";
import type { PasteOptions, PasteProgress } from "../progress.ts";
import type { KeyboardLayout } from "./layouts.ts";
import type { Stroke } from "./strokes.ts";

/** Presses or releases a key. */
export type SendKey = (key: Key, down: boolean) => void;

/** Presses keys in order and releases them in reverse order. */
export function press(keys: readonly Key[], send: SendKey): void {
  for (const key of keys) send(key, true);
  for (const key of keys.toReversed()) send(key, false);
}

/** How text is typed. */
export interface ScreenPasteOptions extends PasteOptions {
  /**
   * Milliseconds after each key. By default 15, and a pause every 32 characters until the machine's
   * screen shows them: a slow machine loses keys that it has no room for.
   */
  readonly delayMs?: number;
  /**
   * The keyboard layout that the machine is set to. @defaultValue that of the United States for machines that know keys
   * rather than characters (QEMU, SPICE). Other VNC servers find the keys of any character themselves.
   */
  readonly layout?: KeyboardLayout;
}

/** The console that a {@link Typist} types on. */
export interface TypistOwner {
  send: SendKey;
  /** Identifies the current connection; undefined while it takes no keys. */
  connection(): object | undefined;
  /** Whether the machine's Caps Lock is on, as far as it is known. */
  capsLock(): boolean;
  /** Resolves when the machine has shown what was typed, or is not expected to. */
  shown(signal: AbortSignal): Promise<void>;
  progress(progress: PasteProgress): void;
}

/** Fits into the 256 bytes that QEMU's keyboard keeps for the machine, Shift included. */
const KEYS_AT_ONCE = 32;
const DELAY_MS = 15;

/** Types texts one after the other. */
export class Typist {
  readonly #owner: TypistOwner;
  #last: Promise<unknown> = Promise.resolve();
  /** Stops the running text and those that wait for it; undefined while there is none. */
  #running: { count: number; readonly stop: AbortController } | undefined;

  constructor(owner: TypistOwner) {
    this.#owner = owner;
  }

  /** @returns resolves to whether all of it was typed. */
  type(strokes: readonly Stroke[], options: ScreenPasteOptions): Promise<boolean> {
    const connection = this.#owner.connection();
    const running = (this.#running ??= { count: 0, stop: new AbortController() });
    const signals = [running.stop.signal, ...(options.signal ? [options.signal] : [])];
    running.count += 1;
    const typed = this.#last
      .then(() => this.#type(strokes, connection, AbortSignal.any(signals), options))
      .finally(() => {
        running.count -= 1;
        if (running.count === 0 && this.#running === running) this.#running = undefined;
      });
    this.#last = typed.catch(() => {});
    return typed;
  }

  /** Stops the running text and those that wait. Returns whether there was one. */
  cancel(): boolean {
    const { stop } = this.#running ?? {};
    this.#running = undefined;
    stop?.abort();
    return stop !== undefined;
  }

  async #type(
    strokes: readonly Stroke[],
    connection: object | undefined,
    signal: AbortSignal,
    { delayMs, onProgress }: ScreenPasteOptions,
  ): Promise<boolean> {
    const owner = this.#owner;
    const pacer = new Pacer(delayMs ?? DELAY_MS, KEYS_AT_ONCE);
    const total = strokes.length;
    let sent = 0;
    const tell = (running: boolean): void => {
      onProgress?.({ sent, total, running });
      owner.progress({ sent, total, running });
    };
    tell(true);
    try {
      for (const stroke of strokes) {
        if (signal.aborted || !connection || owner.connection() !== connection) return false;
        press((owner.capsLock() && stroke.underCapsLock) || stroke.keys, owner.send);
        sent += 1;
        tell(true);
        if (delayMs === undefined && sent % KEYS_AT_ONCE === 0 && sent < total) await owner.shown(signal);
        await pacer.next(signal);
      }
      return true;
    } finally {
      tell(false);
    }
  }
}

/** Escape stops what is typed, and so does Ctrl + C, which the machine receives as well. */
export function stopOnKeys(host: HTMLElement, typist: Typist): void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, ctrlKey, altKey, shiftKey, metaKey } = event;
    const isInterrupt = ctrlKey && key.toLowerCase() === "c";
    if (altKey || shiftKey || metaKey || !(isInterrupt || (key === "Escape" && !ctrlKey))) return;
    if (!typist.cancel() || isInterrupt) return;
    event.preventDefault();
    event.stopPropagation();
  };
  host.addEventListener("keydown", onKeyDown, { capture: true });
}
