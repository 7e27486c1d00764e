import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { blocksIn, readDocuments } from "./markdown.ts";
import { problemsIn } from "./snippets.ts";

const TIMEOUT_MS = 120_000;
const lines = (...text: string[]): string => text.join("\n");

test(
  "all code in the Markdown files compiles",
  () => {
    const documents = readDocuments();
    expect(documents.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["README.md", ".changeset/views.md", "docs/guide/README.md", "packages/client/README.md"]),
    );
    expect(problemsIn(documents).map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual([]);
  },
  TIMEOUT_MS,
);

describe("a block that is wrong is told with its file and line", () => {
  const bad = {
    path: "docs/bad.md",
    text: lines(
      "```ts",
      'import { VncConsole } from "@curfew/client/vnc";',
      'import { nothing } from "@curfew/client";',
      "```",
      "",
      "- in a list, with other words for TypeScript:",
      "",
      "  ```TypeScript title",
      "  const wrong: number = true;",
      "  ```",
      "",
      "~~~tsx",
      "export const element = <p>{unknown}</p>;",
      "~~~",
      "",
      "<!-- ts",
      'import { noSuchThing } from "@curfew/testing";',
      "declare const server: { close(): void };",
      "-->",
      "",
      "```ts",
      "server.open();",
      "```",
      "",
      "```html",
      '<curfew-vnc url="/ws" zoom=2></curfew-vnc>',
      "<curfew-spice></curfew-spice>",
      '<script type="module">',
      '  document.title.open("curfew");',
      "</script>",
      "```",
      "",
      "```vue",
      "<template>not in an example</template>",
      "```",
      "",
      "```ts-ignore",
      "anything",
      "```",
      "",
      "```ts",
      "// @ts-expect-error",
      "const count: number = 'none';",
      "```",
      "",
      "```",
      "anything",
      "```",
      "```css",
      ":root { --curfew-accent: red; --curfew-accents: red; }",
      "curfew-vnc::part(panels) {}",
      "```",
    ),
  };

  test(
    "whatever it is written in",
    () => {
      expect(problemsIn([bad]).map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual([
        expect.stringMatching(/^docs\/bad\.md:3: TS\d+: .*'nothing'/),
        expect.stringMatching(/^docs\/bad\.md:9: TS2322: /),
        expect.stringMatching(/^docs\/bad\.md:13: TS\d+: .*'unknown'/),
        expect.stringMatching(/^docs\/bad\.md:17: TS\d+: .*'noSuchThing'/),
        expect.stringMatching(/^docs\/bad\.md:22: TS\d+: .*'open'/),
        "docs/bad.md:26: <curfew-vnc> has no attribute zoom",
        "docs/bad.md:27: there is no element <curfew-spice>",
        expect.stringMatching(/^docs\/bad\.md:29: TS\d+: .*'open'/),
        expect.stringMatching(/^docs\/bad\.md:34: expected a piece of one of examples\/vue\//),
        "docs/bad.md:38: nothing checks blocks in ts-ignore",
        "docs/bad.md:42: a block may not switch the compiler off",
        "docs/bad.md:47: the block names no language",
        "docs/bad.md:50: the elements have no --curfew-accents",
        "docs/bad.md:51: the elements have no ::part(panels)",
      ]);
    },
    TIMEOUT_MS,
  );

  test("a fence that is not closed is none, so the document must not have one", () => {
    for (const { path, text } of readDocuments()) {
      const fences = text.match(/^ *(`{3,}|~{3,})/gm) ?? [];
      expect(fences.length, path).toBe(2 * blocksIn(text).length);
    }
  });
});

test("a piece of an example is found in it", () => {
  const code = readFileSync(join(ROOT, "examples/svelte/src/App.svelte"), "utf8");
  expect(problemsIn([{ path: "good.md", text: `\`\`\`svelte\n${code}\`\`\`\n` }])).toEqual([]);
});
