import type { CheckResult } from "../run.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The results as JUnit's XML, which most CI systems read. */
export function formatJunit(suite: string, results: readonly CheckResult[]): string {
  const count = (outcome: CheckResult["outcome"]): number => results.filter((each) => each.outcome === outcome).length;
  const cases = results.map(({ check: { id, title }, outcome, reason = "", ms }) => {
    const attributes = `classname="${escape(suite)}" name="${escape(`${id}: ${title}`)}" time="${seconds(ms)}"`;
    if (outcome === "pass") return `  <testcase ${attributes}/>`;
    const tag = outcome === "fail" ? "failure" : "skipped";
    return `  <testcase ${attributes}><${tag} message="${escape(reason)}"/></testcase>`;
  });
  const total = results.reduce((sum, { ms }) => sum + ms, 0);
  const counts = `tests="${results.length}" failures="${count("fail")}" skipped="${count("skipped")}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escape(suite)}" ${counts} time="${seconds(total)}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}

/** For an attribute's value: characters that XML 1.0 does not have are replaced, and line breaks are kept. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "")
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, (character) =>
      "\t\n\r".includes(character) ? `&#${character.codePointAt(0)};` : "\ufffd",
    );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
