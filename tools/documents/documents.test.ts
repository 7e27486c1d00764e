import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloseCode, closeAction } from "@curfew/protocol";
import { closeReasonRows } from "./close-reasons.ts";
import { brokenLinksIn } from "./links.ts";
import { blocksIn, readDocuments } from "./markdown.ts";
import { ROOT } from "../root.ts";

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  test("lists every close code with its name and action, and no other", () => {
    const rows = [...readme.matchAll(/^\| (\d{4}) \| `(\w+)` +\| (\w+) +\|/gm)].map(([, code, name, action]) => [
      name,
      Number(code),
      action,
    ]);
    expect(rows).toEqual(Object.entries(CloseCode).map(([name, code]) => [name, code, closeAction(code)]));
  });

  test("names folders and files that exist", () => {
    const folders = [...readme.matchAll(/^\| `([\w/]+)` +\|/gm)].map(([, folder]) => folder ?? "");
    expect(folders).toContain("packages/proxy");
    const links = [...readme.matchAll(/\]\((?!https?:)([\w./-]+)\)/g)].map(([, link]) => link ?? "");
    for (const path of [...folders.filter((name) => name.includes("/")), ...links]) {
      expect(() => readdirOrFile(path), path).not.toThrow();
    }
  });
});

test("links lead to files and headings that are there", () => {
  expect(readDocuments().flatMap(brokenLinksIn)).toEqual([]);
});

/** Which tests run the configurations of proxies, by document; those for systemd are found by themselves. */
const PROXY_EXAMPLES = {
  "docs/cluster.md": { blocks: 1, tests: "e2e/src/servers/documented-proxy.ts" },
  "docs/nova.md": { blocks: 1, tests: "e2e/src/servers/documented-proxy.ts" },
  "docs/reverse-proxies.md": { blocks: 4, tests: "e2e/src/servers/documented-proxy.ts" },
  "docs/websockify.md": { blocks: 1, tests: "packages/proxy/test/websockify/behind-nginx.real.test.ts" },
};

test("every configuration of nginx, HAProxy and Caddy in the documents is run by a test", () => {
  const isConfiguration = (language: string, code: string): boolean =>
    ["nginx", "caddyfile", "haproxy"].includes(language) || /^(?:frontend|backend|server) /mu.test(code);
  const found = readDocuments().map(({ path, text }) => {
    const blocks = blocksIn(text).filter(({ language, code }) => isConfiguration(language, code)).length;
    return [path, blocks] as const;
  });
  const expected = Object.entries(PROXY_EXAMPLES).map(([path, { blocks }]) => [path, blocks]);
  expect(found.filter(([, blocks]) => blocks > 0)).toEqual(expected);
  for (const [path, { tests }] of Object.entries(PROXY_EXAMPLES)) expect(read(tests)).toContain(path.slice(5));
});

test("the guide's table of close reasons matches the protocol, the texts and their traits", () => {
  const cells = [...read("docs/guide/close-reasons.md").matchAll(/^\| (`\w+`.*) \|$/gm)].map(([, row = ""]) =>
    row.split("|").map((cell) => cell.trim()),
  );
  expect(cells).toEqual(closeReasonRows());
});

test("the guide's tests of a page are those that run", () => {
  const [block] = blocksIn(read("docs/guide/testing.md")).filter(({ language }) => language === "ts");
  expect(read("e2e/tests/guide.spec.ts")).toContain(block?.code);
});

test("the messages of an embedded page are those that the page has", () => {
  const blocks = blocksIn(read("docs/embedding.md")).map(({ code }) => code.trim());
  expect(blocks).toContain(read("apps/console/src/embedding/messages.ts").trim());
});

test("the API reference has an anchor of its own for each export, and the defaults of options", () => {
  const names = readdirSync(join(ROOT, "docs/api"));
  expect(names).toContain("client.md");
  for (const name of names) {
    const anchors = [...read("docs/api", name).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
    expect(anchors, name).toEqual([...new Set(anchors)]);
  }
  const ofClient = read("docs/api/client.md");
  expect(ofClient).toMatch(/^\| `quality` \|.*<br>Default: 6 \|$/m);
  expect(ofClient).toMatch(/^\| `pasteDelayMs` \|.*<br>Default: 10 \|$/m);
});

test("the index of the documents has every one of them", () => {
  const index = read("docs/README.md");
  const here = readDocuments().map(({ path }) => path);
  for (const path of here.filter((path) => path.startsWith("docs/") && path !== "docs/README.md")) {
    expect(index, path).toContain(`](${path.slice("docs/".length)})`);
  }
});

function readdirOrFile(path: string): void {
  try {
    readdirSync(join(ROOT, path));
  } catch {
    read(path);
  }
}
