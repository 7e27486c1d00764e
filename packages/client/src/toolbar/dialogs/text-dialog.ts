import { createElement } from "../../ui/dom.ts";
import type { ToolContext } from "../tools/tool-context.ts";
import { textButton } from "../widgets/buttons.ts";
import { closingButton, openDialog, submitButton } from "./dialog.ts";

/** What can be done with the text in the dialog. */
export interface TextAction {
  readonly label: string;
  readonly onText: (text: string) => void;
}

/** What the dialog for text is for. */
export interface TextDialogOptions {
  readonly title: string;
  readonly sentence: string;
  /** The last one is the primary action. */
  readonly actions: readonly TextAction[];
  /** Text that the machine put into its own clipboard. */
  readonly received?: { readonly text: string; readonly onCopy: () => void };
  /** Reads the user's clipboard; undefined where the browser does not allow it. */
  readonly read?: () => Promise<string | undefined>;
}

/** Opens a dialog for text that goes to the machine. */
export function openTextDialog(options: TextDialogOptions, context: ToolContext): void {
  const { text: labels } = context.texts;
  const { actions, read, received } = options;
  const input = createElement("textarea", { rows: "5", spellcheck: "false", autocapitalize: "none" });
  const finish = (action: TextAction): void => {
    const text = input.value;
    dialog.close();
    if (text !== "") action.onText(text);
  };
  const primary = actions.at(-1);
  const others = actions.slice(0, -1).map((action) =>
    textButton(action.label, () => {
      finish(action);
    }),
  );
  const { dialog, form } = openDialog({
    title: options.title,
    sentence: options.sentence,
    fields: [
      createElement("label", { class: "field" }, createElement("span", {}, labels.forMachine), input),
      ...(read === undefined ? [] : [insertButton(input, read, context)]),
      ...(received === undefined ? [] : receivedFields(received, context)),
    ],
    actions: [closingButton(labels.cancel), ...others, ...(primary === undefined ? [] : [submitButton(primary.label)])],
    show: context.showDialog,
    signal: context.signal,
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (primary !== undefined) finish(primary);
  });
  input.focus();
}

/** Inserts the user's clipboard at the cursor. */
function insertButton(
  input: HTMLTextAreaElement,
  read: () => Promise<string | undefined>,
  { icon, texts }: ToolContext,
): HTMLElement {
  const insert = async (): Promise<void> => {
    const text = await read();
    if (text !== undefined) input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.focus();
  };
  return textButton(texts.text.read, () => void insert(), { kind: "quiet", icon: icon("clipboard-paste") });
}

function receivedFields(
  { text, onCopy }: NonNullable<TextDialogOptions["received"]>,
  { icon, texts: { text: labels } }: ToolContext,
): HTMLElement[] {
  const output = createElement("textarea", { rows: "3", readonly: true });
  output.value = text;
  return [
    createElement("label", { class: "field" }, createElement("span", {}, labels.fromMachine), output),
    textButton(labels.copy, onCopy, { kind: "quiet", icon: icon("copy") }),
  ];
}
