import type { ConsoleView } from "./kinds.ts";
import type { Shell } from "./shell.ts";

/** Does and shows what a view tells that is not about its connection. */
export function followView(view: ConsoleView, shell: Shell, signal: AbortSignal): void {
  const on = (type: string, listener: () => void): unknown => view.on(type as never, listener, { signal });
  on("leave", () => shell.leave());
  on("droprefused", () => shell.notify("dropRefused"));
  on("composition", () => shell.notify("composition"));
}
