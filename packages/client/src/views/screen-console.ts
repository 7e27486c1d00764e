import { FullScreen } from "../ui/full-screen.ts";
import type { Key } from "../ui/keysyms.ts";
import { ConnectedView } from "./connected-view.ts";
import { type KeyCombo, comboKeys } from "./keyboard/keys.ts";
import { type ScreenPasteOptions, press } from "./keyboard/typist.ts";

/** What the views of consoles with a screen have in common. */
export abstract class ScreenConsole extends ConnectedView {
  readonly #fullScreen: FullScreen;

  /** @internal */
  constructor(target: HTMLElement) {
    super();
    this.#fullScreen = new FullScreen(target);
  }

  /**
   * The machine's screen, for what this class does not offer, such as recording it with `captureStream()`. Null while
   * there is none; a new one for each connection. Do not draw on it or change its size.
   */
  abstract readonly canvas: HTMLCanvasElement | null;

  /** Presses and releases a key combination. Sends nothing while not connected or view-only. */
  sendKeys(combo: KeyCombo): void {
    press(comboKeys(combo), this.pressKey);
  }

  /** Sends a key. Sends nothing while not connected or view-only. */
  abstract sendKey(keysym: number, code?: string, down?: boolean): void;

  /**
   * Types text key by key, after earlier texts. Escape and Ctrl + C on the screen stop it.
   *
   * @returns resolves to whether all of the text was typed: it was not if it was stopped, the connection ended or the
   * console is view-only. Rejects with an {@link UntypableError}, before anything is typed, for characters that the
   * machine's keyboard layout does not have.
   */
  abstract paste(text: string, options?: ScreenPasteOptions): Promise<boolean>;

  /** Stops the text that is being typed, and those that wait. Returns whether there was one. */
  abstract cancelPaste(): boolean;

  /**
   * Shows the console's element in full screen until the console ends. In browsers with the Keyboard
   * Lock API the machine also receives keys that the browser otherwise keeps. Call it in a click or
   * key handler.
   *
   * @returns rejects with the browser's TypeError if the browser refuses.
   */
  requestFullscreen(): Promise<void> {
    return this.#fullScreen.enter();
  }

  /** Leaves full screen; has no effect while this console is not in full screen. */
  exitFullscreen(): Promise<void> {
    return this.#fullScreen.exit();
  }

  /** @internal */
  protected readonly pressKey = (key: Key, down: boolean): void => this.sendKey(key.keysym, key.code, down);
}
