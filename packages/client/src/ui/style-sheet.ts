/**
 * A style sheet for a document. It is constructed, because Content Security Policies allow that, and a
 * document takes only those that were constructed for it.
 */
export function createStyleSheet(document: Document, css: string): CSSStyleSheet {
  const { CSSStyleSheet } = document.defaultView ?? globalThis;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
