import type { SerialConsole } from "@curfew/client/serial";
import { texts } from "../locales/texts.ts";
import { createProgressRow, type ProgressRow } from "../shell/progress-row.ts";
import type { ActionContext } from "./page-action.ts";

/** Shorter pastes show no progress. */
const LONG_MS = 500;

/** Shows how far a long paste is, from the toolbar, the menu or the keyboard, and lets the user stop it. */
export function showPasteProgress(serial: SerialConsole, { isConnected, refocus, shell, signal }: ActionContext): void {
  let startedAt: number | undefined;
  let row: ProgressRow | undefined;
  const stop = (): void => {
    serial.cancelPaste();
    refocus();
  };
  serial.on(
    "paste",
    ({ sent, total, running }) => {
      startedAt ??= performance.now();
      if (running) {
        if (row === undefined && performance.now() - startedAt > LONG_MS) {
          const { actions, terminal } = texts();
          row = createProgressRow(actions.paste, terminal.pasting, stop);
          shell.setTray("top", row.root);
        }
        row?.update(sent / total);
        return;
      }
      if (row?.root.isConnected === true) shell.setTray("top", undefined);
      row = undefined;
      startedAt = undefined;
      if (sent < total && isConnected()) shell.toasts.warn(texts().terminal.pasteStopped);
    },
    { signal },
  );
}
