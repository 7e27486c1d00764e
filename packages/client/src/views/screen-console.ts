import type { ConsoleConnection } from "../connection/connection.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import { FullScreen } from "../ui/full-screen.ts";
import type { Key } from "../ui/keysyms.ts";
import { type KeyCombo, comboKeys } from "./keyboard/keys.ts";
import { press } from "./keyboard/typist.ts";

/** What the views of consoles with a screen have in common. */
export abstract class ScreenConsole {
  /** The console's connection, for `renew()` and for the state. */
  abstract readonly connection: ConsoleConnection;
  readonly #fullScreen: FullScreen;

  /** @internal */
  constructor(target: HTMLElement) {
    this.#fullScreen = new FullScreen(target);
  }

  /** See {@link ConsoleConnection.state}. */
  get state(): ConsoleState {
    return this.connection.state;
  }

  /** See {@link ConsoleConnection.close}. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Presses and releases a key combination. Sends nothing while not connected or view-only. */
  sendKeys(combo: KeyCombo): void {
    press(comboKeys(combo), this.pressKey);
  }

  /** Sends a key. Sends nothing while not connected or view-only. */
  abstract sendKey(keysym: number, code?: string, down?: boolean): void;

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
