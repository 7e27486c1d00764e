import type { SerialSize } from "../../views/serial/options.ts";
import type { SerialConsole } from "../../views/serial/serial-console.ts";
import type { MenuItem } from "../widgets/menu.ts";
import type { Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/**
 * Shows the terminal's size, changes it, and types it into the machine's shell, which cannot learn it otherwise.
 *
 * @param onChosen - called after the user has chosen a size
 */
export function sizeTool(
  serial: SerialConsole,
  { refocus, signal, viewOnly, texts: { actions, display } }: ToolContext,
  onChosen: (size: "fit" | "80x24") => void = () => {},
): Tool {
  // In the menu More, the items have no heading.
  const item = (name: "fit" | "80x24", size: SerialSize, label: string): MenuItem => ({
    label: `${actions.terminalSize}: ${label}`,
    checked: () => nameOf(serial.size) === name,
    run: () => {
      serial.size = size;
      onChosen(name);
    },
  });
  const send: MenuItem = {
    label: actions.sendSize,
    sendsInput: true,
    run: () => {
      sendSize(serial);
      refocus();
    },
  };
  return {
    label: actions.terminalSize,
    place: "toolbar-or-more",
    group: "tools",
    face: {
      text: sizeOf(serial),
      follow: (listener) => {
        serial.on("resize", () => listener(sizeOf(serial)), { signal });
      },
    },
    menu: [
      [item("fit", "fit", display.fit), item("80x24", { cols: 80, rows: 24 }, "80 × 24")],
      ...(viewOnly ? [] : [[send]]),
    ],
  };
}

function nameOf(size: SerialSize): string {
  return size === "fit" ? size : `${size.cols}x${size.rows}`;
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
