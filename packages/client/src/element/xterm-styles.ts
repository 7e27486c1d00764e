/**
 * Copies the rules of xterm's style sheet from the page, because a page's style sheets do not apply
 * inside a shadow root. Copies only rules with `.xterm`, from style sheets of the same origin.
 *
 * @returns undefined if there are none.
 */
export function xtermStyles(host: Element): CSSStyleSheet | undefined {
  const rules = [host.getRootNode(), host.ownerDocument].flatMap(sheetsOf).flatMap(rulesOf);
  if (rules.length === 0) return undefined;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join("\n"));
  return sheet;
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
