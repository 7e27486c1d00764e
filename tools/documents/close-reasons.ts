import { type CloseReason, CloseCode } from "@curfew/client";
import { CLOSE_REASON_TRAITS, type NextStep } from "@curfew/client/messages";
import { english } from "@curfew/client/messages/en";

const STEPS: Readonly<Record<NextStep, string>> = {
  reopen: "open again",
  "new-access": "get new access",
  operator: "ask the operator",
  none: "nothing",
};

/** The rows of the table in `docs/guide/close-reasons.md`: one for each close reason, those of the gateway first. */
export function closeReasonRows(): readonly (readonly string[])[] {
  const codes = new Map<string, number>(Object.entries(CloseCode));
  return (Object.keys(CLOSE_REASON_TRAITS) as CloseReason[])
    .toSorted((a, b) => (codes.get(a) ?? Infinity) - (codes.get(b) ?? Infinity) || 0)
    .map((reason) => {
      const code = codes.get(reason);
      const { title, sentence, next } = english.closeReasons[reason];
      const { tone, step } = CLOSE_REASON_TRAITS[reason];
      return [
        `\`${reason}\``,
        code === undefined ? "" : String(code),
        code === undefined ? "SDK" : "gateway",
        `${title}. ${sentence}`,
        tone,
        step === "none" ? STEPS[step] : `${STEPS[step]}: “${next}”`,
      ];
    });
}
