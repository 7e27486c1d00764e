import type { VncConsole } from "@curfew/client/vnc";
import { keySymbols } from "./keysyms.ts";

/** The modifiers that can be held down, in the order in which they are shown. */
export const modifiers = ["ctrl", "alt", "shift", "super"] as const;
export type Modifier = (typeof modifiers)[number];

/** The same on the person's own keyboard, by `KeyboardEvent.key`. */
const ownKeys: ReadonlySet<string> = new Set(["Control", "Alt", "Shift", "Meta"]);

/**
 * Modifiers that stay down on the machine until they are let go: by hand, when the page loses the
 * person's attention, and with the connection.
 */
export class HeldKeys {
  readonly #vnc: Pick<VncConsole, "sendKey" | "on">;
  readonly #held = new Set<Modifier>();
  readonly #listeners: (() => void)[] = [];

  constructor(vnc: Pick<VncConsole, "sendKey" | "on">, signal: AbortSignal) {
    this.#vnc = vnc;
    addEventListener("blur", () => this.releaseAll(), { signal });
    document.addEventListener("visibilitychange", () => this.releaseAll(), { signal });
    addEventListener(
      "keyup",
      ({ key }) => {
        // After the viewer's own listeners, which send the release.
        if (ownKeys.has(key)) setTimeout(() => this.pressAgain());
      },
      { capture: true, signal },
    );
    vnc.on("state", ({ status }) => {
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

  /** Presses what is held once more, after something else that pressed and let go the same keys. */
  pressAgain(): void {
    for (const modifier of this.#held) this.#send(modifier, true);
  }

  releaseAll(): void {
    for (const modifier of this.#held) this.#send(modifier, false);
    this.#held.clear();
    this.#tell();
  }

  /** Calls `listener` whenever something is held or let go. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #send(modifier: Modifier, down: boolean): void {
    const { keysym, code } = keySymbols[modifier];
    this.#vnc.sendKey(keysym, code, down);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
