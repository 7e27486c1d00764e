import {
  ApiDocumentedItem,
  type ApiItem,
  ApiItemContainerMixin,
  ApiItemKind,
  type ApiPackage,
  ApiDeclaredItem,
  ApiParameterListMixin,
} from "@microsoft/api-extractor-model";
import type { DocComment } from "@microsoft/tsdoc";
import { cellOf, markdownOf } from "./tsdoc-markdown.ts";

/** What consumers import, with all that it exports. */
export interface DocumentedEntry {
  /** As in an import: `@curfew/client/vnc`. */
  readonly specifier: string;
  readonly model: ApiPackage;
}

/** The API reference of one package: a page of Markdown, made from the comments in its declarations. */
export function apiReference(name: string, entries: readonly DocumentedEntry[]): string {
  const index = entries.map(({ specifier, model }) => {
    const names = exportsOf(model).map((item) => `[\`${item.displayName}\`](#${anchor(specifier, item)})`);
    return `- \`${specifier}\`: ${names.join(", ")}`;
  });
  const parts = entries.map(({ specifier, model }) => {
    const items = exportsOf(model).map((item) => section(specifier, item));
    return [`## \`${specifier}\``, ...items].join("\n\n");
  });
  const note = "Made from the declarations by `npx pnpm@12 api`; do not edit.";
  return `${[`# API of \`${name}\``, note, index.join("\n"), ...parts].join("\n\n")}\n`;
}

function exportsOf(model: ApiPackage): readonly ApiItem[] {
  return model.entryPoints.flatMap(({ members }) => members).toSorted(byName);
}

function byName(left: ApiItem, right: ApiItem): number {
  return left.displayName < right.displayName ? -1 : Number(left.displayName > right.displayName);
}

/** Two entry points may export one name, and one entry point names that differ in case or kind only. */
function anchor(specifier: string, { displayName, kind }: ApiItem): string {
  return `${specifier}-${kind}-${displayName}`
    .toLowerCase()
    .replaceAll(/[^\w]+/gu, "-")
    .replace(/^-/u, "");
}

function section(specifier: string, item: ApiItem): string {
  const { displayName, kind } = item;
  const title = `<a id="${anchor(specifier, item)}"></a>\n\n### ${KIND_WORDS[kind] ?? kind} \`${displayName}\``;
  return [title, ...texts(item), signature(item), members(item)].filter((part) => part !== "").join("\n\n");
}

const KIND_WORDS: Readonly<Partial<Record<ApiItemKind, string>>> = {
  [ApiItemKind.Class]: "class",
  [ApiItemKind.Enum]: "enum",
  [ApiItemKind.Function]: "function",
  [ApiItemKind.Interface]: "interface",
  [ApiItemKind.Namespace]: "namespace",
  [ApiItemKind.TypeAlias]: "type",
  [ApiItemKind.Variable]: "const",
};

function commentOf(item: ApiItem): DocComment | undefined {
  return item instanceof ApiDocumentedItem ? item.tsdocComment : undefined;
}

/** Summary, parameters, result, errors. */
function texts(item: ApiItem): string[] {
  const comment = commentOf(item);
  if (comment === undefined) return [];
  const parameters = comment.params.blocks.map(
    ({ parameterName, content }) => `- \`${parameterName}\`: ${markdownOf(content)}`,
  );
  const errors = comment.customBlocks
    .filter(({ blockTag }) => blockTag.tagName === "@throws")
    .map(({ content }) => `- throws ${markdownOf(content)}`);
  const result = comment.returnsBlock === undefined ? [] : [`- returns ${markdownOf(comment.returnsBlock.content)}`];
  const list = [...parameters, ...result, ...errors].join("\n");
  return [markdownOf(comment.summarySection), markdownOf(comment.remarksBlock?.content), list];
}

/** The declaration as a block of code; not of what has members, which are in a table. */
function signature(item: ApiItem): string {
  if (!(item instanceof ApiDeclaredItem)) return "";
  return `\`\`\`ts\n${item.excerpt.text.trim()}\n\`\`\``;
}

function members(item: ApiItem): string {
  if (!ApiItemContainerMixin.isBaseClassOf(item)) return "";
  const rows = item.members.map(
    (member) => `| ${memberName(member)} | ${memberType(member)} | ${memberText(member)} |`,
  );
  return rows.length === 0 ? "" : ["| member | declaration | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function memberName(member: ApiItem): string {
  const isCall = ApiParameterListMixin.isBaseClassOf(member);
  return `\`${member.kind === ApiItemKind.Constructor ? "constructor" : member.displayName}${isCall ? "()" : ""}\``;
}

function memberType(member: ApiItem): string {
  if (!(member instanceof ApiDeclaredItem)) return "";
  const text = member.excerpt.text.replaceAll(/\s+/gu, " ").replace(/;$/u, "").replaceAll("|", "\\|");
  return `\`${text}\``;
}

function memberText(member: ApiItem): string {
  const comment = commentOf(member);
  if (comment === undefined) return "";
  const errors = comment.customBlocks.filter(({ blockTag }) => blockTag.tagName === "@throws");
  const defaults = comment.customBlocks.filter(({ blockTag }) => blockTag.tagName === "@defaultValue");
  return [
    cellOf(comment.summarySection),
    ...comment.params.blocks.map(({ parameterName, content }) => `\`${parameterName}\`: ${cellOf(content)}`),
    ...(comment.returnsBlock === undefined ? [] : [`Returns ${cellOf(comment.returnsBlock.content)}`]),
    ...errors.map(({ content }) => `Throws ${cellOf(content)}`),
    ...defaults.map(({ content }) => `Default: ${cellOf(content)}`),
  ].join("<br>");
}
