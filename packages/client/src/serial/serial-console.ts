import { ConsoleConnection } from "../connection.ts";
import type { ListenOptions, Unsubscribe } from "../emitter.ts";
import type { ConsoleState } from "../state.ts";
import type { SerialEvents, SerialOptions, SerialTheme } from "./options.ts";

/** A serial console in an element. */
export class SerialConsole {
  /** The connection below, for `renew()` and for the state. */
  readonly connection: ConsoleConnection;
  fontSize = 14;
  readOnly = false;
  theme: SerialTheme = "auto";

  constructor(_target: HTMLElement, options: SerialOptions) {
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

  /** Sends text to the machine as if typed. */
  write(_text: string): void {}

  paste(_text: string): void {}

  copySelection(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Scrollback and screen as plain text. */
  transcript(): string {
    return "";
  }

  clear(): void {}

  on<K extends keyof SerialEvents>(
    _type: K,
    _listener: (event: SerialEvents[K]) => void,
    _options?: ListenOptions,
  ): Unsubscribe {
    return () => {};
  }
}
