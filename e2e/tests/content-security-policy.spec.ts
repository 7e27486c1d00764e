import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type FakeGatewayServer,
  type FakeVncServer,
  pictureHash,
  startFakeGateway,
  startFakeVnc,
} from "@curfew/testing";
import { type Page, expect, test } from "@playwright/test";
import { pictureHash as shownHash } from "../src/console-page.ts";
import {
  additions,
  everyConsole,
  headerOf,
  type Policy,
  reasons,
  vncAlone,
  without,
} from "../src/csp-page/policies.ts";
import { type BuiltPage, buildPage, type Kind, kinds, vncKinds } from "../src/csp-page/server.ts";
import { serveFolder, startWebServer } from "../src/web-server.ts";

/** In 24 bits of colour: xterm.js then writes a `style` attribute. */
const COLOURED = Buffer.from("\u001B[38;2;9;99;199mcoloured\u001B[0m\r\n");

declare global {
  interface Window {
    violations: string[];
  }
}

let site: BuiltPage;
let vnc: FakeVncServer;
let vncGateway: FakeGatewayServer;
let serialGateway: FakeGatewayServer;

test.beforeAll(async () => {
  site = await buildPage();
  vnc = await startFakeVnc();
  vncGateway = await startFakeGateway({ target: vnc });
  serialGateway = await startFakeGateway();
  for (const [name, { url }] of Object.entries({ vnc: vncGateway, serial: serialGateway })) {
    await writeFile(join(site.folder, `${name}.json`), JSON.stringify({ url }));
  }
});
test.afterAll(async () => {
  for (const resource of [vncGateway, serialGateway, vnc, site]) await resource[Symbol.asyncDispose]();
});

/** Opens the page with one kind of console under a policy, and hands over to `look`. */
async function underPolicy(page: Page, kind: Kind, policy: Policy, look: () => Promise<void>): Promise<void> {
  const header = headerOf(policy, [vncGateway.url, serialGateway.url]);
  await using server = await startWebServer(serveFolder(site.folder, { "content-security-policy": header }));
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      // Browsers ask for it on their own.
      if (!blockedURI.endsWith("/favicon.ico")) window.violations.push(`${effectiveDirective} ${blockedURI}`);
    });
  });
  const isVnc = vncKinds.has(kind);
  const before = serialGateway.sessions.length;
  await page.goto(`${server.origin}/?show=${kind}`);
  if (!isVnc) {
    void serialGateway.waitForSession(before).then(
      (session) => session.write(COLOURED),
      () => {}, // A page that the policy broke does not connect.
    );
  }
  await look();
}

const violations = (page: Page): Promise<string[]> => page.evaluate(() => window.violations);

/** Waits until the page shows what it can show. */
async function shown(page: Page, kind: Kind): Promise<void> {
  if (vncKinds.has(kind)) {
    await expect.poll(async () => shownHash(page.locator("canvas"))).toBe(pictureHash(vnc.frame, vnc.size));
    await expect(page.locator("canvas")).toHaveCSS("cursor", /^url\("data:/u);
  } else if (kind === "webgl") {
    await expect(page.locator("canvas.xterm-link-layer, .xterm-screen canvas").first()).toBeAttached();
  } else {
    await expect(page.getByText("coloured")).toHaveCSS("color", "rgb(9, 99, 199)");
    await expect(page.locator(".xterm-helper-textarea")).toHaveCSS("position", "absolute");
  }
}

for (const kind of kinds) {
  const policies = vncKinds.has(kind) ? { everyConsole, vncAlone } : { everyConsole };
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
  const alone = sources(vncAlone).map((source) => source.replace("style-src ", "style-src-elem "));
  expect(alone).toEqual(sources(everyConsole).filter((source) => !source.includes("'unsafe-inline'")));
});

for (const { directive, source, neededBy } of reasons) {
  test(`without ${directive} ${source} the policy is violated`, async ({ page }) => {
    const kind = neededBy === "serial" ? "serial" : "vnc";
    await underPolicy(page, kind, without(everyConsole, directive, source), async () => {
      await expect.poll(async () => violations(page)).toContainEqual(expect.stringMatching(`^${directive}`));
    });
  });
}
