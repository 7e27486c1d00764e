import type { TextWith } from "../../locales/types.ts";
import type { ListenOptions } from "../../util/emitter.ts";
import type { PasteProgress } from "../../views/progress.ts";
import { createProgressRow, type ProgressRow } from "../widgets/progress-row.ts";
import type { ToolContext } from "./tool-context.ts";

/** Shorter texts show no progress. */
const LONG_MS = 500;

/** The members of a console that pastes or types text. */
export interface PastingConsole {
  on(type: "paste", listener: (progress: PasteProgress) => void, options: ListenOptions): unknown;
  cancelPaste(): boolean;
}

/** What {@link showProgress} tells. */
interface PasteTexts {
  readonly name: string;
  readonly label: TextWith<"percent">;
  readonly stopped: string;
}

/** Shows how far a long text is, wherever it comes from, and lets the user stop it. */
function showProgress(
  console: PastingConsole,
  { name, label, stopped }: PasteTexts,
  { isConnected, notify, refocus, setTray, signal, texts }: ToolContext,
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
          row = createProgressRow(name, label, { label: texts.text.stop, onStop: stop });
          setTray(row.root);
        }
        row?.update(sent / total);
        return;
      }
      if (row?.root.isConnected === true) setTray(undefined);
      row = undefined;
      startedAt = undefined;
      if (sent < total && isConnected()) notify(stopped, "problem");
    },
    { signal },
  );
}

/** Shows how far a long text is that is typed key by key, and lets the user stop it. */
export function showTypingProgress(console: PastingConsole, context: ToolContext): void {
  const { type: name, typing: label, typingStopped: stopped } = context.texts.text;
  showProgress(console, { name, label, stopped }, context);
}

/** Shows how far a long text is that is pasted, and lets the user stop it. */
export function showPasteProgress(console: PastingConsole, context: ToolContext): void {
  const { actions, text } = context.texts;
  showProgress(console, { name: actions.paste, label: text.pasting, stopped: text.pasteStopped }, context);
}
