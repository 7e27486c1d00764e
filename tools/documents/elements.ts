import { serialKind, vncKind } from "../../packages/client/src/element/kinds.ts";

const both = ["url", "autoconnect", "lang", "theme"];
/** Of HTML, for all elements. */
const everywhere = ["id", "class", "style", "slot", "part", "hidden", "title"];

/** The attributes of the custom elements, by the element's name. */
const known: Readonly<Record<string, ReadonlySet<string>>> = {
  "curfew-vnc": new Set([...both, ...everywhere, ...Object.keys(vncKind.attributes)]),
  "curfew-serial": new Set([...both, ...everywhere, ...Object.keys(serialKind.attributes)]),
};

/** What is wrong with the custom elements in a piece of HTML, with the place of each in it. */
export function unknownElements(html: string): { readonly index: number; readonly message: string }[] {
  return [...html.matchAll(/<(curfew-[\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g)].flatMap((tag) => {
    const [, name = "", attributes = ""] = tag;
    const allowed = known[name];
    if (!allowed) return [{ index: tag.index, message: `there is no element <${name}>` }];
    return [...attributes.matchAll(/\s([\w:-]+)(?:="[^"]*")?/g)]
      .map(([, attribute = ""]) => attribute)
      .filter((attribute) => !allowed.has(attribute))
      .map((attribute) => ({ index: tag.index, message: `<${name}> has no attribute ${attribute}` }));
  });
}

/** The inline modules of a piece of HTML, with the place of each in it. */
export function modulesIn(html: string): { readonly index: number; readonly code: string }[] {
  return [...html.matchAll(/<script type="module">([^]*?)<\/script>/g)].map((script) => ({
    index: script.index + '<script type="module">'.length,
    code: script[1] ?? "",
  }));
}
