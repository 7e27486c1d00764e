import type { SerialConsole } from "@curfew/client/serial";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { MenuItem, Tool } from "@curfew/client/toolbar";
import type { ActionContext } from "./action-context.ts";

/** Shows the terminal's size, changes it, and types it into the machine's shell, which cannot learn it otherwise. */
export function sizeAction(serial: SerialConsole, { signal, viewOnly }: ActionContext): Tool {
  const { display, terminal } = texts();
  // In the menu More, the items have no heading.
  const size = (value: "fit" | "80x24", label: string): MenuItem => ({
    label: `${terminal.size}: ${label}`,
    checked: () => settings.current.terminalSize === value,
    run: () => {
      settings.change({ terminalSize: value });
    },
  });
  const send: MenuItem = {
    label: terminal.sendSize,
    run: () => {
      sendSize(serial);
    },
  };
  return {
    label: terminal.size,
    place: "toolbar-or-more",
    group: "tools",
    face: {
      text: sizeOf(serial),
      follow: (listener) => {
        serial.on("resize", () => listener(sizeOf(serial)), { signal });
      },
    },
    menu: [[size("fit", display.fit), size("80x24", "80 × 24")], ...(viewOnly ? [] : [[send]])],
  };
}

/** `stty` of POSIX systems, as it is typed at a shell's prompt. */
function sendSize(serial: SerialConsole): void {
  const { terminal } = serial;
  if (terminal === null) return;
  serial.write(`stty rows ${terminal.rows} cols ${terminal.cols}`);
  serial.sendKey("Enter");
}

function sizeOf({ terminal }: SerialConsole): string {
  return terminal === null ? "" : `${terminal.cols} × ${terminal.rows}`;
}
