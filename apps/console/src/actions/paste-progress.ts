import type { PasteProgress } from "@curfew/client/vnc";
import { texts } from "../locales/texts.ts";
import { createProgressRow, type ProgressRow } from "../shell/progress-row.ts";
import type { ActionContext } from "./action-context.ts";

/** Shorter texts show no progress. */
const LONG_MS = 500;

/** The members of a console that pastes or types text. */
interface PastingConsole {
  on(type: "paste", listener: (progress: PasteProgress) => void, options: { readonly signal: AbortSignal }): unknown;
  cancelPaste(): boolean;
}

/** The texts of a {@link showPasteProgress}. */
interface PasteTexts {
  readonly name: string;
  /** With the placeholder `percent`. */
  readonly label: string;
  readonly stopped: string;
}

/** Shows how far a long text is, wherever it comes from, and lets the user stop it. */
export function showPasteProgress(
  console: PastingConsole,
  { name, label, stopped }: PasteTexts,
  { isConnected, refocus, shell, signal }: ActionContext,
): void {
  let startedAt: number | undefined;
  let row: ProgressRow | undefined;
  const stop = (): void => {
    console.cancelPaste();
    refocus();
  };
  console.on(
    "paste",
    ({ sent, total, running }) => {
      startedAt ??= performance.now();
      if (running) {
        if (row === undefined && performance.now() - startedAt > LONG_MS) {
          row = createProgressRow(name, label, stop);
          shell.setTray("top", row.root);
        }
        row?.update(sent / total);
        return;
      }
      if (row?.root.isConnected === true) shell.setTray("top", undefined);
      row = undefined;
      startedAt = undefined;
      if (sent < total && isConnected()) shell.toasts.warn(stopped);
    },
    { signal },
  );
}

/** Shows how far the text is that is typed key by key. */
export function showTypingProgress(console: PastingConsole, context: ActionContext): void {
  const { text } = texts();
  showPasteProgress(console, { name: text.type, label: text.typing, stopped: text.typingStopped }, context);
}
