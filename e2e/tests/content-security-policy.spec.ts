import {
  type FakeGatewayServer,
  type FakeVncServer,
  testPatternHash,
  startFakeGateway,
  startFakeVnc,
} from "@curfew/testing";
import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/shared-servers.ts";
import { canvasHash } from "../src/page-objects/console-page.ts";
import {
  additions,
  everyConsole,
  headerOf,
  type Policy,
  reasons,
  spiceAlone,
  vncAlone,
  without,
} from "../src/documents/security-policies.ts";
import { bundledPagesFolder } from "../src/servers/bundled-pages.ts";
import { readIn, serveFiles, startWebServer } from "../src/servers/web-server.ts";

/** What the page can show. */
const kinds = ["vnc", "curfew-vnc", "serial", "webgl", "curfew-serial", "spice"] as const;
type Kind = (typeof kinds)[number];

/** Kinds that show noVNC's image. */
const vncKinds: ReadonlySet<Kind> = new Set(["vnc", "curfew-vnc"]);

/** 24-bit color makes xterm.js write a `style` attribute. */
const COLORED = Buffer.from("\u001B[38;2;9;99;199mcolored\u001B[0m\r\n");

declare global {
  interface Window {
    violations: string[];
  }
}

let vnc: FakeVncServer;
let vncGateway: FakeGatewayServer;
let serialGateway: FakeGatewayServer;

test.beforeAll(async () => {
  vnc = await startFakeVnc();
  vncGateway = await startFakeGateway({ target: vnc });
  serialGateway = await startFakeGateway();
});
test.afterAll(async () => {
  for (const resource of [vncGateway, serialGateway, vnc]) await resource[Symbol.asyncDispose]();
});

/** The bundled page, and the gateways' addresses as its back end would serve them. */
function read(path: string) {
  if (path === "/csp/vnc.json") return JSON.stringify({ url: vncGateway.url });
  if (path === "/csp/serial.json") return JSON.stringify({ url: serialGateway.url });
  return readIn(bundledPagesFolder(), path);
}

/** Opens the page with one kind of console under a policy, and hands over to `look`. */
async function underPolicy(page: Page, kind: Kind, policy: Policy, look: () => Promise<void>): Promise<void> {
  const header = headerOf(policy, [vncGateway.url, serialGateway.url]);
  await using server = await startWebServer(serveFiles(read, { "content-security-policy": header }));
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      // Browsers ask for it on their own.
      if (!blockedURI.endsWith("/favicon.ico")) window.violations.push(`${effectiveDirective} ${blockedURI}`);
    });
  });
  const before = serialGateway.sessions.length;
  await page.goto(`${server.origin}/csp/?show=${kind}`);
  if (!vncKinds.has(kind) && kind !== "spice") {
    void serialGateway.waitForSession(before).then(
      (session) => session.write(COLORED),
      () => {}, // A page that the policy broke does not connect.
    );
  }
  await look();
}

const violations = (page: Page): Promise<string[]> => page.evaluate(() => window.violations);

/** Waits until the page shows what it can show. */
async function shown(page: Page, kind: Kind): Promise<void> {
  if (vncKinds.has(kind)) {
    await expect.poll(async () => canvasHash(page.locator("canvas"))).toBe(testPatternHash(vnc.pattern, vnc.size));
    await expect(page.locator("canvas")).toHaveCSS("cursor", /^url\("data:/u);
  } else if (kind === "spice") {
    await expect(page.locator("canvas")).toBeAttached();
    await expect(page.locator("video")).toHaveCSS("position", "absolute");
    await expect(page.locator("audio")).toHaveAttribute("src", /^blob:/u);
    await expect(page.locator("canvas").locator("..")).toHaveCSS("cursor", /^url\("data:/u);
  } else if (kind === "webgl") {
    await expect(page.locator("canvas.xterm-link-layer, .xterm-screen canvas").first()).toBeAttached();
  } else {
    await expect(page.getByText("colored")).toHaveCSS("color", "rgb(9, 99, 199)");
    await expect(page.locator(".xterm-helper-textarea")).toHaveCSS("position", "absolute");
  }
}

/** The policies of the document under which a kind works. */
function policiesFor(kind: Kind): Readonly<Record<string, Policy>> {
  if (kind === "spice") return { everyConsole, spiceAlone };
  return vncKinds.has(kind) ? { everyConsole, vncAlone } : { everyConsole };
}

for (const kind of kinds) {
  const policies = policiesFor(kind);
  for (const [name, policy] of Object.entries(policies)) {
    test(`${kind} is shown under the document's policy, ${name}, with all that can be added`, async ({ page }) => {
      await underPolicy(page, kind, [...policy, ...additions], async () => {
        await shown(page, kind);
        expect(await violations(page)).toEqual([]);
      });
    });
  }
}

test("the document has a reason for each source of its policies", () => {
  const sources = (policy: Policy): string[] =>
    policy.flatMap(([directive, ...all]) => all.map((source) => `${directive} ${source}`));
  const given = reasons.map(({ directive, source }) => `${directive} ${source}`);
  expect(["default-src 'none'", ...given]).toEqual(sources(everyConsole));
  const alone = (policy: Policy): string[] =>
    sources(policy).map((source) => source.replace("style-src ", "style-src-elem "));
  const needs = (kind: string): string[] => [
    "default-src 'none'",
    ...reasons
      .filter(({ neededBy }) => neededBy === "every page" || neededBy.includes(kind))
      .map(({ directive, source }) => `${directive} ${source}`),
  ];
  expect(alone(vncAlone)).toEqual(needs("VNC"));
  expect(alone(spiceAlone)).toEqual(needs("SPICE"));
});

const needs = reasons.flatMap(({ directive, source, neededBy }) => {
  const named = kinds.filter((kind) => neededBy.toLowerCase().split(", ").includes(kind));
  return (named.length === 0 ? (["vnc"] as const) : named).map((kind) => ({ directive, source, kind }));
});

for (const { directive, source, kind } of needs) {
  test(`without ${directive} ${source} the policy is violated by ${kind}`, async ({ page }) => {
    await underPolicy(page, kind, without(everyConsole, directive, source), async () => {
      await expect.poll(async () => violations(page)).toContainEqual(expect.stringMatching(`^${directive}`));
    });
  });
}
