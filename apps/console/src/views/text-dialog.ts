import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { closingButton, openDialog, submitButton } from "./dialog.ts";
import { element } from "./element.ts";

/** One thing that can be done with the text in the text dialog. */
export interface TextAction {
  readonly label: string;
  readonly onText: (text: string) => void;
}

/**
 * A field for text that is to go to the machine. The last action is the main one.
 *
 * @param received text that the machine put into its own clipboard, shown with a Copy button
 * @param read reads the person's clipboard; null where the browser refuses
 */
export function openTextDialog(options: {
  readonly title: string;
  readonly sentence: string;
  readonly actions: readonly TextAction[];
  readonly received?: { readonly text: string; readonly onCopy: () => void };
  readonly read?: () => Promise<string | null>;
  readonly signal: AbortSignal;
}): void {
  const { text: labels, sdk } = words();
  const { read, received } = options;
  const input = element("textarea", { rows: "5", spellcheck: "false", autocapitalize: "none" });
  const fields: HTMLElement[] = [element("label", { class: "field" }, element("span", {}, labels.forMachine), input)];
  if (read !== undefined) {
    const insert = async (): Promise<void> => {
      const text = await read();
      if (text !== null) input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
      input.focus();
    };
    fields.push(textButton(labels.read, () => void insert(), { kind: "quiet", icon: "clipboard-paste" }));
  }
  if (received !== undefined) {
    const output = element("textarea", { rows: "3", readonly: true });
    output.value = received.text;
    fields.push(
      element("label", { class: "field" }, element("span", {}, labels.fromMachine), output),
      textButton(labels.copy, received.onCopy, { kind: "quiet", icon: "copy" }),
    );
  }
  const finish = (action: TextAction): void => {
    const text = input.value;
    dialog.close();
    if (text !== "") action.onText(text);
  };
  const main = options.actions.at(-1);
  const others = options.actions.slice(0, -1).map((action) =>
    textButton(action.label, () => {
      finish(action);
    }),
  );
  const { dialog, form } = openDialog({
    title: options.title,
    sentence: options.sentence,
    fields,
    actions: [closingButton(sdk.actions.cancel), ...others, ...(main === undefined ? [] : [submitButton(main.label)])],
    signal: options.signal,
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (main !== undefined) finish(main);
  });
  input.focus();
}
