import { KEYS } from "./keys.ts";
import type { KeyboardConsole } from "../tools/screen-console.ts";

/** The modifiers that can be held down, in the order in which they are shown. */
export const MODIFIERS: readonly Modifier[] = ["ctrl", "alt", "shift", "super"];

/** A modifier, by its name in {@link NamedKey}. */
export type Modifier = "ctrl" | "alt" | "shift" | "super";

/** The same keys on the user's keyboard, by `KeyboardEvent.key`. */
const OWN_KEYS: ReadonlySet<string> = new Set(["Control", "Alt", "Shift", "Meta"]);

/**
 * Modifiers that stay down on the machine until they are released: by the user, when the page loses the focus or is hidden,
 * and when the connection is lost.
 */
export class HeldKeys {
  readonly #console: Pick<KeyboardConsole, "sendKey" | "connection">;
  readonly #held = new Set<Modifier>();
  readonly #listeners: (() => void)[] = [];

  constructor(console: Pick<KeyboardConsole, "sendKey" | "connection">, signal: AbortSignal) {
    this.#console = console;
    addEventListener("blur", () => this.releaseAll(), { signal });
    document.addEventListener("visibilitychange", () => this.releaseAll(), { signal });
    addEventListener(
      "keyup",
      ({ key }) => {
        // After the viewer's own listeners, which send the release to the machine.
        if (OWN_KEYS.has(key)) setTimeout(() => this.pressAgain());
      },
      { capture: true, signal },
    );
    console.connection.on("state", ({ status }) => {
      if (status !== "connected") this.releaseAll();
    });
  }

  isHeld(modifier: Modifier): boolean {
    return this.#held.has(modifier);
  }

  get any(): boolean {
    return this.#held.size > 0;
  }

  toggle(modifier: Modifier): void {
    const down = !this.#held.has(modifier);
    if (down) this.#held.add(modifier);
    else this.#held.delete(modifier);
    this.#send(modifier, down);
    this.#tell();
  }

  /** Presses the held modifiers again, after another action that pressed and released the same keys. */
  pressAgain(): void {
    for (const modifier of this.#held) this.#send(modifier, true);
  }

  releaseAll(): void {
    for (const modifier of this.#held) this.#send(modifier, false);
    this.#held.clear();
    this.#tell();
  }

  /** Calls `listener` whenever a modifier is held or released. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #send(modifier: Modifier, down: boolean): void {
    const { keysym, code } = KEYS[modifier];
    this.#console.sendKey(keysym, code, down);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
