/**
 * Gives a shadow root the rules of xterm's style sheet that the page includes: a page's style sheets
 * end at a shadow root. Only rules with `.xterm` are taken, from a sheet of the same origin.
 *
 * @returns null when there are none.
 */
export function xtermStyles(host: Element): CSSStyleSheet | null {
  const rules = [host.getRootNode(), host.ownerDocument].flatMap(sheetsOf).flatMap(rulesOf);
  if (rules.length === 0) return null;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join("\n"));
  return sheet;
}

function sheetsOf(root: Node): CSSStyleSheet[] {
  if (!(root instanceof Document || root instanceof ShadowRoot)) return [];
  return [...root.styleSheets, ...root.adoptedStyleSheets].filter((sheet) => !sheet.disabled);
}

/** The rules for xterm in a sheet or a group of rules, such as a layer. */
function rulesOf(group: { readonly cssRules: CSSRuleList }): string[] {
  try {
    return [...group.cssRules].flatMap((rule) => {
      if (rule instanceof CSSStyleRule) return rule.selectorText.includes(".xterm") ? [rule.cssText] : [];
      return rule instanceof CSSGroupingRule ? rulesOf(rule) : [];
    });
  } catch {
    return []; // of another origin
  }
}
