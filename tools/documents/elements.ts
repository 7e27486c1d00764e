import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SERIAL_KIND, VNC_KIND } from "../../packages/client/src/element/kinds.ts";
import { root } from "../root.ts";

/** Something wrong at a place in a piece of code. */
interface Fault {
  readonly index: number;
  readonly message: string;
}

const both = ["url", "autoconnect", "lang", "theme"];
/** Of HTML, for all elements. */
const everywhere = ["id", "class", "style", "slot", "part", "hidden", "title"];

/** The attributes of the custom elements, by the element's name. */
const known: Readonly<Record<string, ReadonlySet<string>>> = {
  "curfew-vnc": new Set([...both, ...everywhere, ...Object.keys(VNC_KIND.attributes)]),
  "curfew-serial": new Set([...both, ...everywhere, ...Object.keys(SERIAL_KIND.attributes)]),
};

/** Types of scripts that are no JavaScript. */
const data = /\btype="(?:importmap|application\/json)"/;

/** Custom elements in HTML that there are not, or attributes that they do not have. */
export function unknownElements(html: string): Fault[] {
  return [...html.matchAll(/<(curfew-[\w-]*)([^>]*)>/g)].flatMap((tag) => {
    const [, name = "", attributes = ""] = tag;
    const allowed = known[name];
    if (!allowed) return [{ index: tag.index, message: `there is no element <${name}>` }];
    return [...attributes.matchAll(/([^\s"'=/]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+))?/g)]
      .map(([, attribute = ""]) => attribute)
      .filter((attribute) => !allowed.has(attribute))
      .map((attribute) => ({ index: tag.index, message: `<${name}> has no attribute ${attribute}` }));
  });
}

/** Custom properties and parts of the elements in a style sheet that the reference does not name. */
export function unknownStyles(css: string): Fault[] {
  // A test holds this page to the elements' sources.
  const reference = readFileSync(join(root, "packages/client/README.md"), "utf8");
  return [...css.matchAll(/(--curfew-[\w-]+)|::part\(([\w-]+)\)/g)]
    .filter(([, property, part]) => !reference.includes(`\`${property ?? part}\``))
    .map(({ index, 0: text }) => ({ index, message: `the elements have no ${text}` }));
}

/** The inline scripts of a piece of HTML, with the place of each in it. */
export function scriptsIn(html: string): { readonly index: number; readonly code: string }[] {
  return [...html.matchAll(/(<script\b([^>]*)>)([^]*?)<\/script>/g)]
    .filter(([, , attributes = ""]) => !data.test(attributes))
    .map(({ index, 1: tag = "", 3: code = "" }) => ({ index: index + tag.length, code }));
}
