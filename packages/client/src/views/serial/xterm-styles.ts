const ADOPTED = new WeakSet<ShadowRoot>();

/**
 * Copies the rules of xterm's style sheet from the page into the shadow root that contains `host`, if
 * any, because a page's style sheets do not apply there. Copies only rules with `.xterm`, from style
 * sheets of the same origin. Tries again at the next call if the page has none yet.
 */
export function adoptXtermStyles(host: Element): void {
  const root = host.getRootNode();
  if (!(root instanceof ShadowRoot) || ADOPTED.has(root)) return;
  const rules = [root.host.getRootNode(), root.ownerDocument].flatMap(sheetsOf).flatMap(rulesOf);
  if (rules.length === 0) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join("\n"));
  root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets];
  ADOPTED.add(root);
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
