import { textButton } from "./buttons.ts";
import { element } from "./element.ts";

/** A modal dialog's parts. It removes itself from the page when it closes. */
interface DialogParts {
  readonly dialog: HTMLDialogElement;
  readonly form: HTMLFormElement;
}

function openDialog(
  title: string,
  sentence: string | null,
  fields: readonly HTMLElement[],
  actions: readonly HTMLElement[],
): DialogParts {
  const form = element(
    "form",
    { class: "dialog-form", autocomplete: "off" },
    element("h2", { id: "dialog-title" }, title),
    sentence === null ? null : element("p", { class: "dialog-sentence" }, sentence),
    ...fields,
    element("div", { class: "dialog-actions" }, ...actions),
  );
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
  });
  dialog.showModal();
  return { dialog, form };
}

function submitButton(label: string): HTMLButtonElement {
  const button = textButton(label, () => {}, { kind: "primary" });
  button.type = "submit";
  return button;
}

type CredentialName = "username" | "password" | "target";

const credentialLabels: Readonly<Record<CredentialName, string>> = {
  username: "User name",
  password: "Password",
  target: "Target",
};

/**
 * Asks for what the machine's console wants. `signal` closes the dialog, for a session that ends
 * meanwhile.
 *
 * @throws Error when the person cancels or `signal` aborts
 */
export function askCredentials(
  types: readonly CredentialName[],
  name: string,
  signal: AbortSignal,
): Promise<Partial<Record<CredentialName, string>>> {
  const inputs = types.map(
    (type) =>
      [
        type,
        element("input", {
          name: type,
          type: type === "password" ? "password" : "text",
          autocomplete: type === "password" ? "current-password" : "off",
          autocapitalize: "none",
          spellcheck: "false",
          required: type !== "password",
        }),
      ] as const,
  );
  const fields = inputs.map(([type, input]) =>
    element("label", { class: "field" }, element("span", {}, credentialLabels[type]), input),
  );
  return new Promise((resolve, reject) => {
    const cancel = textButton("Cancel", () => {
      dialog.close();
    });
    const { dialog, form } = openDialog(
      types.includes("username") ? "Sign in to the console" : "Console password",
      `The console of ${name} asks for it. It is the console’s own, and is not kept.`,
      fields,
      [cancel, submitButton("Connect")],
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(Object.fromEntries(inputs.map(([type, input]) => [type, input.value])));
      for (const [, input] of inputs) input.value = "";
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      reject(new Error("no credentials were given"));
    });
    signal.addEventListener("abort", () => {
      dialog.close();
    });
  });
}

/** One thing that can be done with the text in the text dialog. */
export interface TextAction {
  readonly label: string;
  readonly onText: (text: string) => void;
}

/**
 * A field for text that is to go to the machine. The last action is the main one.
 *
 * @param received text that the machine put into its own clipboard, shown with a Copy button
 */
export function openTextDialog(options: {
  readonly title: string;
  readonly sentence: string;
  readonly actions: readonly TextAction[];
  readonly received?: { readonly text: string; readonly onCopy: () => void };
  readonly signal: AbortSignal;
}): void {
  const input = element("textarea", { rows: "5", spellcheck: "false", autocapitalize: "none" });
  const fields: HTMLElement[] = [
    element("label", { class: "field" }, element("span", {}, "Text for the machine"), input),
  ];
  if (options.received !== undefined) {
    const output = element("textarea", { rows: "3", readonly: true });
    output.value = options.received.text;
    fields.push(
      element("label", { class: "field" }, element("span", {}, "Copied on the machine"), output),
      textButton("Copy to your clipboard", options.received.onCopy, { kind: "quiet", icon: "copy" }),
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
  const cancel = textButton("Cancel", () => {
    dialog.close();
  });
  const { dialog, form } = openDialog(options.title, options.sentence, fields, [
    cancel,
    ...others,
    ...(main === undefined ? [] : [submitButton(main.label)]),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (main !== undefined) finish(main);
  });
  options.signal.addEventListener("abort", () => {
    dialog.close();
  });
  input.focus();
}
