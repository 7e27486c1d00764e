import { existsSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { ROOT } from "../root.ts";
import { type Document, lineAt } from "./markdown.ts";
import type { Problem } from "./compile.ts";

/** Links in a document to files or headings that do not exist in this repository. */
export function brokenLinksIn({ path, text }: Document): Problem[] {
  const prose = text.replaceAll(/^ *(`{3,}|~{3,}).*?^ *\1|`[^`\n]+`/gms, (code) => code.replaceAll(/[^\n]/g, " "));
  return [...prose.matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].flatMap((link) => {
    const [, file = "", heading] = link;
    const target = file === "" ? path : normalize(join(path, "..", file));
    const problem = { path, line: lineAt(text, link.index) };
    if (!existsSync(join(ROOT, target))) return [{ ...problem, message: `there is no ${target}` }];
    if (heading === undefined || headingsOf(target).has(heading)) return [];
    return [{ ...problem, message: `${target} has no heading #${heading}` }];
  });
}

/** The anchors that GitHub gives to a document's headings. */
function headingsOf(path: string): ReadonlySet<string> {
  const headings = [...readFileSync(join(ROOT, path), "utf8").matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
