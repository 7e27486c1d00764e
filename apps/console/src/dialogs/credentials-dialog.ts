import { createElement } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { closingButton, openDialog, submitButton } from "./dialog.ts";

type CredentialName = "username" | "password" | "target";

/**
 * Asks for the credentials that the machine's console requires.
 *
 * @param rejected - whether the last ones were rejected
 * @param signal - closes the dialog, for example when the session ends
 * @throws Error when the user cancels or `signal` aborts
 */
export function askCredentials(
  types: readonly CredentialName[],
  rejected: boolean,
  signal: AbortSignal,
): Promise<Partial<Record<CredentialName, string>>> {
  const { credentials, sdk } = texts();
  const labels = { username: credentials.username, password: credentials.passwordField, target: credentials.target };
  const inputs = types.map(
    (type) =>
      [
        type,
        createElement("input", {
          name: type,
          type: type === "password" ? "password" : "text",
          autocomplete: type === "password" ? "current-password" : "off",
          autocapitalize: "none",
          spellcheck: "false",
          required: type !== "password",
        }),
      ] as const,
  );
  return new Promise((resolve, reject) => {
    const { dialog, form } = openDialog({
      title: types.includes("username") ? credentials.signIn : credentials.password,
      sentence: credentials.sentence,
      fields: [
        ...(rejected ? [createElement("p", { class: "dialog-note", role: "alert" }, credentials.rejected)] : []),
        ...inputs.map(([type, input]) =>
          createElement("label", { class: "field" }, createElement("span", {}, labels[type]), input),
        ),
        // Only VNC's own sign-in asks for a password alone.
        ...(types.length === 1 && types[0] === "password"
          ? [createElement("p", { class: "dialog-note" }, credentials.onlyEight)]
          : []),
      ],
      actions: [closingButton(sdk.actions.cancel), submitButton(credentials.connect)],
      signal,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(Object.fromEntries(inputs.map(([type, input]) => [type, input.value])));
      for (const [, input] of inputs) input.value = "";
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      reject(new Error("no credentials were given"));
    });
  });
}
