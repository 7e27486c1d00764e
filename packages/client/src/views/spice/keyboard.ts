import { SCAN_CODES, releaseCode } from "../keyboard/scan-codes.ts";

/** Presses or releases the key with a scan code, which a release has too; see {@link releaseCode}. */
export type SendScanCode = (scanCode: number, down: boolean) => void;

/**
 * Sends the keys that the user presses on the screen, by their place on the keyboard, and releases them when the screen
 * loses the focus. spice-html5 receives none of them: it knows only the characters of a US keyboard, and opens a modal
 * dialog for other keys.
 */
export class SpiceKeyboard {
  readonly #send: SendScanCode;
  /** The keys that are down on the machine. */
  readonly #down = new Set<number>();

  /** @param signal - stops listening */
  constructor(screen: HTMLElement, send: SendScanCode, signal: AbortSignal) {
    this.#send = send;
    const options = { capture: true, signal };
    screen.addEventListener("keydown", (event) => this.#onKey(event, true), options);
    screen.addEventListener("keyup", (event) => this.#onKey(event, false), options);
    screen.addEventListener("focusout", () => this.releaseAll(), options);
  }

  /** Releases the keys that are down. */
  releaseAll(): void {
    for (const scanCode of this.#down) this.#send(releaseCode(scanCode), false);
    this.#down.clear();
  }

  #onKey(event: KeyboardEvent, down: boolean): void {
    event.preventDefault();
    event.stopPropagation();
    const scanCode = SCAN_CODES.get(event.code);
    if (scanCode === undefined) return;
    if (down) {
      // Windows reports AltGr as Ctrl and Alt. The machine's own keyboard layout does the same where it has to.
      if (event.code === "AltRight" && event.getModifierState("AltGraph")) this.#release("ControlLeft");
      this.#down.add(scanCode);
      this.#send(scanCode, true);
    } else if (event.key === "Meta") {
      // macOS reports no releases of other keys while Meta is down.
      this.releaseAll();
    } else this.#release(event.code);
  }

  #release(code: string): void {
    const scanCode = SCAN_CODES.get(code) ?? 0;
    if (this.#down.delete(scanCode)) this.#send(releaseCode(scanCode), false);
  }
}
