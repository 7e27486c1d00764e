import type { CheckResult } from "../run.ts";

const MARKS: Readonly<Record<CheckResult["outcome"], string>> = { pass: "pass", fail: "FAIL", skipped: "-" };

/** The results as a table for a terminal: what fails says what was expected, what Nova does, and why. */
export function formatTable(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ check: { id } }) => id.length));
  const lines = results.flatMap(({ check, outcome, reason, ms }) => {
    const time = outcome === "skipped" ? "" : `${Math.round(ms)} ms`;
    const line = `${MARKS[outcome].padEnd(4)}  ${check.id.padEnd(width)}  ${time.padStart(8)}  `;
    const indent = " ".repeat(line.length);
    if (outcome === "pass") return [line + check.title];
    if (outcome === "skipped") return [`${line}${reason}`];
    const known = check.novaPasses ? "" : ` (a known fault of Nova's proxies: ${check.nova})`;
    return [line + check.title, `${indent}${printable(reason ?? "")}${known}`];
  });
  const count = (outcome: CheckResult["outcome"]): number => results.filter((each) => each.outcome === outcome).length;
  return [...lines, "", `${count("pass")} passed, ${count("fail")} failed, ${count("skipped")} skipped`].join("\n");
}

/** In one line, and without characters that control the terminal: a reason may quote what a proxy has sent. */
function printable(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " | ").replaceAll(/\p{Cc}/gu, "\ufffd");
}
