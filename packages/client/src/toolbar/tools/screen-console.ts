import type { ConsoleConnection } from "../../connection/connection.ts";
import type { KeyCombo } from "../../views/keyboard/keys.ts";
import type { ScreenPasteOptions } from "../../views/keyboard/typist.ts";
import type { SpiceConsole } from "../../views/spice/spice-console.ts";
import type { VncConsole } from "../../views/vnc/vnc-console.ts";

/** The members that consoles with a keyboard have in common. */
export interface KeyboardConsole {
  readonly connection: ConsoleConnection;
  sendKeys(combo: KeyCombo): void;
  sendKey(keysym: number, code?: string, down?: boolean): void;
  paste(text: string, options?: ScreenPasteOptions): Promise<boolean>;
}

/** The members that consoles with keyboard and screen have in common, VNC and SPICE. */
export interface ScreenConsole extends KeyboardConsole {
  viewOnly: boolean;
  screenshot(type: "image/png"): Promise<Blob>;
}

/** SPICE consoles have no clipboard. */
export function isVnc(console: VncConsole | SpiceConsole): console is VncConsole {
  return "setClipboard" in console;
}
