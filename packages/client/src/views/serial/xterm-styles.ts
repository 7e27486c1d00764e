import { createStyleSheet } from "../../ui/style-sheet.ts";

/** The rules that were copied into a shadow root, and the document for which a style sheet was made of them. */
const ADOPTED = new WeakMap<ShadowRoot, { readonly document: Document; readonly css: string }>();

/**
 * Copies the rules of xterm's style sheet from the page into the shadow root that contains `host`, if
 * any, because a page's style sheets do not apply there. Copies only rules with `.xterm`, from style
 * sheets of the same origin. Tries again at the next call if the page has none yet.
 */
export function adoptXtermStyles(host: Element): void {
  const root = host.getRootNode();
  if (!(root instanceof ShadowRoot) || ADOPTED.get(root)?.document === root.ownerDocument) return;
  const rules = [root.host.getRootNode(), root.ownerDocument].flatMap(sheetsOf).flatMap(rulesOf);
  // A window that the console was moved into need not have the style sheet.
  const css = rules.length > 0 ? rules.join("\n") : ADOPTED.get(root)?.css;
  if (css === undefined) return;
  root.adoptedStyleSheets = [createStyleSheet(root.ownerDocument, css), ...root.adoptedStyleSheets];
  ADOPTED.set(root, { document: root.ownerDocument, css });
}

function sheetsOf(root: Node): CSSStyleSheet[] {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return [];
  return [...root.styleSheets, ...root.adoptedStyleSheets].filter((sheet) => !sheet.disabled);
}

/** The rules for xterm in a style sheet or in a group of rules, such as a layer. */
function rulesOf(group: { readonly cssRules: CSSRuleList }): string[] {
  try {
    return [...group.cssRules].flatMap((rule) => {
      if (rule instanceof CSSStyleRule) return rule.selectorText.includes(".xterm") ? [rule.cssText] : [];
      return rule instanceof CSSGroupingRule ? rulesOf(rule) : [];
    });
  } catch {
    return []; // A style sheet of another origin.
  }
}
