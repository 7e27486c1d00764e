import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SERIAL_KIND, VNC_KIND } from "../../packages/client/src/element/kinds.ts";
import { ROOT } from "../root.ts";

/** An error at a place in a piece of code. */
interface Fault {
  readonly index: number;
  readonly message: string;
}

const SHARED_ATTRIBUTES = ["url", "autoconnect", "lang", "theme"];
/** Of HTML, for all elements. */
const HTML_ATTRIBUTES = ["id", "class", "style", "slot", "part", "hidden", "title"];

/** The attributes of the custom elements, by the element's name. */
const ATTRIBUTES: Readonly<Record<string, ReadonlySet<string>>> = {
  "curfew-vnc": new Set([...SHARED_ATTRIBUTES, ...HTML_ATTRIBUTES, ...Object.keys(VNC_KIND.attributes)]),
  "curfew-serial": new Set([...SHARED_ATTRIBUTES, ...HTML_ATTRIBUTES, ...Object.keys(SERIAL_KIND.attributes)]),
  "curfew-toolbar": new Set(["for", "lang", "theme", ...HTML_ATTRIBUTES]),
};

/** Script types other than JavaScript. */
const DATA_TYPE = /\btype="(?:importmap|application\/json)"/;

/** Unknown custom elements in HTML, and unknown attributes of known ones. */
export function unknownElements(html: string): Fault[] {
  return [...html.matchAll(/<(curfew-[\w-]*)([^>]*)>/g)].flatMap((tag) => {
    const [, name = "", attributes = ""] = tag;
    const allowed = ATTRIBUTES[name];
    if (!allowed) return [{ index: tag.index, message: `there is no element <${name}>` }];
    return [...attributes.matchAll(/([^\s"'=/]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+))?/g)]
      .map(([, attribute = ""]) => attribute)
      .filter((attribute) => !allowed.has(attribute))
      .map((attribute) => ({ index: tag.index, message: `<${name}> has no attribute ${attribute}` }));
  });
}

/** Custom properties and parts in a style sheet that the reference does not list. */
export function unknownStyles(css: string): Fault[] {
  // A test compares this page with the sources of the elements.
  const reference = readFileSync(join(ROOT, "packages/client/README.md"), "utf8");
  return [...css.matchAll(/(--curfew-[\w-]+)|::part\(([\w-]+)\)/g)]
    .filter(([, property, part]) => !reference.includes(`\`${property ?? part}\``))
    .map(({ index, 0: text }) => ({ index, message: `the elements have no ${text}` }));
}

/** The inline scripts of a piece of HTML, with the place of each in it. */
export function scriptsIn(html: string): { readonly index: number; readonly code: string }[] {
  return [...html.matchAll(/(<script\b([^>]*)>)([^]*?)<\/script>/g)]
    .filter(([, , attributes = ""]) => !DATA_TYPE.test(attributes))
    .map(({ index, 1: tag = "", 3: code = "" }) => ({ index: index + tag.length, code }));
}
