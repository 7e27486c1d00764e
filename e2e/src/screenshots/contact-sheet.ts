import { readdirSync, renameSync, writeFileSync } from "node:fs";

const style = `
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
  body { margin: 24px; }
  h2 { margin: 32px 0 8px; font-size: 15px; }
  div { display: flex; gap: 16px; align-items: start; overflow-x: auto; }
  figure { margin: 0; }
  img { display: block; height: 260px; width: auto; border: 1px solid #8884; border-radius: 6px; }
  figcaption { margin-top: 4px; font-size: 12px; opacity: 0.75; }
`;

const nameOf = /^([\w-]+)-(\d+)-(light|dark)\.png$/;

/** Sorts by state, then widest first, then light before dark. */
function byWidth(one: string, other: string): number {
  const [, state = one, width = 0, scheme = ""] = nameOf.exec(one) ?? [];
  const [, otherState = other, otherWidth = 0, otherScheme = ""] = nameOf.exec(other) ?? [];
  return state.localeCompare(otherState) || Number(otherWidth) - Number(width) || otherScheme.localeCompare(scheme);
}

/**
 * Puts all screenshots in the subfolders of `folder` onto one page, `index.html`, with one row per
 * state. The page is rewritten after each screenshot and moved into place, because tests run in parallel.
 */
export function writeContactSheet(folder: string): void {
  const rows = new Map<string, string[]>();
  const kinds = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name: kind } of kinds) {
    for (const file of readdirSync(`${folder}${kind}`).toSorted(byWidth)) {
      const [, state, width, scheme] = nameOf.exec(file) ?? [];
      if (state === undefined) continue;
      const row = rows.get(`${kind}: ${state}`) ?? [];
      const caption = `${state}, ${scheme}, ${width}`;
      row.push(
        `<figure><a href="${kind}/${file}"><img src="${kind}/${file}" alt="${caption}" loading="lazy"></a>` +
          `<figcaption>${caption}</figcaption></figure>`,
      );
      rows.set(`${kind}: ${state}`, row);
    }
  }
  const body = [...rows].map(([title, figures]) => `<h2>${title}</h2>\n<div>${figures.join("\n")}</div>`).join("\n");
  const sheet = `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Contact sheet</title><style>${style}</style>\n<body><h1>Contact sheet</h1>\n${body}\n</body></html>\n`;
  const draft = `${folder}contact-sheet.${process.pid}`;
  writeFileSync(draft, sheet);
  renameSync(draft, `${folder}index.html`);
}
