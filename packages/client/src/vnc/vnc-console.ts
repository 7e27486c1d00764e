import { ConsoleConnection } from "../connection.ts";
import type { ListenOptions, Unsubscribe } from "../emitter.ts";
import { ConsoleError } from "../errors.ts";
import type { ConsoleState } from "../state.ts";
import { type KeyCombo, characterKeys, comboKeys } from "./keys.ts";
import type { ScaleMode, VncEvents, VncOptions, VncView } from "./options.ts";

/** A VNC console in an element. */
export class VncConsole implements VncView {
  /** The connection below, for `renew()` and for the state. */
  readonly connection: ConsoleConnection;
  viewOnly = false;
  scale: ScaleMode = "fit";
  quality = 6;
  compression = 2;
  showDotCursor = false;

  constructor(_target: HTMLElement, options: VncOptions) {
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
  }

  get state(): ConsoleState {
    return this.connection.state;
  }

  connect(): Promise<void> {
    return this.connection.connect();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  focus(): void {}

  sendKeys(combo: KeyCombo): void {
    comboKeys(combo);
  }

  sendKey(_keysym: number, _code?: string, _down?: boolean): void {}

  typeText(text: string, _options: { delayMs?: number; signal?: AbortSignal } = {}): Promise<void> {
    characterKeys(text);
    return Promise.resolve();
  }

  paste(_text: string): void {}

  screenshot(_type?: "image/png" | "image/jpeg", _quality?: number): Promise<Blob> {
    return Promise.reject(new ConsoleError("not_connected", "no picture"));
  }

  power(_action: "shutdown" | "reboot" | "reset"): void {}

  on<K extends keyof VncEvents>(
    _type: K,
    _listener: (event: VncEvents[K]) => void,
    _options?: ListenOptions,
  ): Unsubscribe {
    return () => {};
  }
}
