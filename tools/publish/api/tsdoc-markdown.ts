import {
  DocCodeSpan,
  DocErrorText,
  DocEscapedText,
  DocFencedCode,
  DocLinkTag,
  type DocNode,
  DocParagraph,
  DocPlainText,
  DocSoftBreak,
} from "@microsoft/tsdoc";

/** A TSDoc text as Markdown. A link to a name becomes code. */
export function markdownOf(node: DocNode | undefined): string {
  return node === undefined ? "" : render(node).trim();
}

/** The same on one line, for the cell of a table. */
export function cellOf(node: DocNode | undefined): string {
  return markdownOf(node).replaceAll(/\s+/gu, " ").replaceAll("|", "\\|");
}

function render(node: DocNode): string {
  if (node instanceof DocPlainText || node instanceof DocErrorText) return node.text;
  if (node instanceof DocEscapedText) return node.decodedText;
  if (node instanceof DocSoftBreak) return "\n";
  if (node instanceof DocCodeSpan) return `\`${node.code}\``;
  if (node instanceof DocFencedCode) return `\n\`\`\`${node.language}\n${node.code.trimEnd()}\n\`\`\`\n`;
  if (node instanceof DocLinkTag) return linkOf(node);
  if (node instanceof DocParagraph) return `${children(node).trim()}\n\n`;
  return children(node);
}

function children(node: DocNode): string {
  return node.getChildNodes().map(render).join("");
}

function linkOf({ urlDestination, codeDestination, linkText }: DocLinkTag): string {
  if (urlDestination !== undefined) return `[${linkText ?? urlDestination}](${urlDestination})`;
  const names = codeDestination?.memberReferences.map(({ memberIdentifier }) => memberIdentifier?.identifier ?? "");
  return `\`${linkText ?? names?.join(".") ?? ""}\``;
}
