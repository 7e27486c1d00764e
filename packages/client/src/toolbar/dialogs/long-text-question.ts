import { format } from "../../locales/format.ts";
import { timeLeft } from "../../locales/time-left.ts";
import type { ToolContext } from "../tools/tool-context.ts";
import { confirmDialog } from "./dialog.ts";

/** About how long a character takes. */
const MS_PER_CHARACTER = 22;
/** How much of a text is shown to be confirmed. */
const QUOTED_CHARACTERS = 2_000;

/** Asks whether a text is typed that takes minutes. Resolves to the answer. */
export function confirmLongText(text: string, { showDialog, signal, texts }: ToolContext): Promise<boolean> {
  const { cancel, type, typeLong, typeLongSentence } = texts.text;
  const time = timeLeft(texts.language, text.length * MS_PER_CHARACTER, "short");
  return confirmDialog({
    title: format(typeLong, { characters: text.length }),
    sentence: format(typeLongSentence, { time }),
    quote: text.slice(0, QUOTED_CHARACTERS),
    action: type,
    cancel,
    show: showDialog,
    signal,
  });
}
