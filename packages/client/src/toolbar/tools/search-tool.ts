import type { SerialConsole } from "../../views/serial/serial-console.ts";
import type { Tool, ToolCommand } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/** Searches the terminal's screen and scrollback. */
export function searchTool(serial: SerialConsole, context: ToolContext): Tool & Pick<ToolCommand, "run"> {
  return {
    label: context.texts.actions.search,
    place: "toolbar",
    face: { icon: context.icon("search") },
    letter: "/",
    run: () => void openSearch(serial, context),
  };
}

async function openSearch(serial: SerialConsole, context: ToolContext): Promise<void> {
  const part = await context.load(import("../widgets/search-bar.ts"));
  if (part === undefined) return;
  const { refocus, setTray } = context;
  const close = (): void => {
    setTray(undefined);
    refocus();
  };
  const bar = part.createSearchBar((text, options) => serial.find(text, options), close, context);
  setTray(bar, () => void removeMarks(serial));
  bar.querySelector("input")?.focus();
}

async function removeMarks(serial: SerialConsole): Promise<void> {
  await serial.find("").catch(() => {});
}
