import { english } from "@curfew/client/messages/en";

import { type DatabaseServer, startMariaDb, startTigerVnc, TERMINAL_COLOR } from "@curfew/testing/real";
import { TestAuthority } from "../../packages/proxy/test/support/authority.ts";
import { NovaDatabase, type TokenRow } from "@curfew/conformance/cloud";
import { expect, test } from "../src/fixtures/gateway.ts";
import { type ConsolePage, colorAt } from "../src/page-objects/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { NovaProxy } from "../src/servers/nova-proxy.ts";

let server: DatabaseServer;
let database: NovaDatabase;
let authority: TestAuthority;
let proxy: NovaProxy;

// The servers are started once: one worker runs the whole file.
test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  [server, authority] = await Promise.all([startMariaDb(), TestAuthority.create()]);
  database = await NovaDatabase.cell("mysql", server);
  proxy = await NovaProxy.start({
    novaConf: `auth_schemes = vencrypt,none
vencrypt_ca_certs = ${authority.cert}
[consoleauth]
enforce_session_timeout = true
[database]
connection = ${database.url("?charset=utf8")}
`,
    curfewYaml: `nova: { validate_console_port: skip, revalidate_interval: 1 }
vnc: { vencrypt_password: sesame }
`,
  });
});

test.afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server.stop();
  authority[Symbol.dispose]();
});

/** A row as nova-compute writes it when a user asks for a console, good for some seconds. */
async function issue(port: number, seconds = 60): Promise<TokenRow> {
  const expires = Math.floor(Date.now() / 1000) + seconds;
  return await database.addToken({ port, expires, accessUrlBase: `${proxy.url}/vnc_auto.html` });
}

/** Opens the console of a new row, and waits for its picture. */
async function openPicture(console: ConsolePage, port: number): Promise<void> {
  await console.open(proxy.consoleUrl("vnc_auto.html", (await issue(port)).token));
  await console.waitFor("connected", "expiring");
  await expect.poll(() => colorAt(console.canvas, 300, 200)).toBe(TERMINAL_COLOR);
}

/** Checks the end screen: its words, that nothing of the console is left, and that no button promises what cannot help. */
async function expectEnd(
  console: ConsolePage,
  reason: keyof typeof english.closeReasons,
  advice: string | undefined,
): Promise<void> {
  await console.waitForEnd(reason);
  const { title, sentence } = english.closeReasons[reason];
  await expect(console.endScreen.getByRole("heading")).toHaveText(title);
  await expect(console.endScreen).toContainText(sentence);
  for (const each of Object.values(english.advice)) {
    if (each === advice) await expect(console.endScreen).toContainText(each);
    else await expect(console.endScreen).not.toContainText(each);
  }
  await expect(console.endScreen.getByRole("button", { name: /again/i })).toHaveCount(0);
  await expect(console.page.locator("canvas")).toHaveCount(0);
  await takeScreenshots(console.page, `nova-${reason}`);
}

const { newAccess, operator } = english.advice;

test("a URL of Nova opens TigerVNC's desktop; it ends when the row expires and says why; a new row opens it again", async ({
  console,
  page,
}) => {
  await using desktop = await startTigerVnc({ width: 800, height: 600 });
  const { token, expires } = await issue(desktop.port, 20);
  await console.open(proxy.consoleUrl("vnc_auto.html", token));
  await console.waitFor("connected", "expiring");
  await expect.poll(() => colorAt(console.canvas, 300, 200)).toBe(TERMINAL_COLOR);
  await console.canvas.click();
  await page.keyboard.type("echo through Nova\n");
  await desktop.typed(/^echo through Nova$/m, 20_000);
  await expectEnd(console, "session_expired", newAccess);
  expect(Date.now()).toBeGreaterThanOrEqual(expires * 1000);
  await expect.poll(() => console.closes()).toEqual([{ code: 4100, reason: "session_expired" }]);

  // The same address once more: too late. What the dashboard gives next opens it, at the other name of the page.
  await page.goto("about:blank");
  await console.open(proxy.consoleUrl("vnc_auto.html", token));
  await expectEnd(console, "token_expired", newAccess);
  await page.goto("about:blank");
  await console.open(proxy.consoleUrl("vnc_lite.html", (await issue(desktop.port)).token));
  await console.waitFor("connected", "expiring");
  await expect.poll(() => colorAt(console.canvas, 300, 200)).toBe(TERMINAL_COLOR);

  // After a live migration the row is gone, and the session with it.
  await database.execute("DELETE FROM console_auth_tokens");
  await expectEnd(console, "console_moved", newAccess);
});

test("what the gateway knows of a link is what the page says", async ({ console, page }) => {
  await console.open(proxy.consoleUrl("vnc_lite.html", "2f0e3e06-6d4b-4f6e-9d55-4a7a7f6f4f11"));
  await expectEnd(console, "token_invalid", newAccess);

  const { token, instance } = await issue(9);
  await database.deleteInstance(instance);
  await page.goto("about:blank");
  await console.open(proxy.consoleUrl("vnc_lite.html", token));
  await expectEnd(console, "instance_deleted", undefined);
});

test("VeNCrypt: X509None and X509Vnc open TigerVNC's desktop", async ({ console, page }) => {
  const tls = await authority.issue("desktop");
  await using withoutPassword = await startTigerVnc({ tls });
  await openPicture(console, withoutPassword.port);
  await using withPassword = await startTigerVnc({ tls, password: "sesame" });
  await page.goto("about:blank");
  await openPicture(console, withPassword.port);
});

test("VeNCrypt: a wrong certificate and a server without it are told apart", async ({ console, page }) => {
  using foreign = await TestAuthority.create();
  await using untrusted = await startTigerVnc({ client: "none", tls: await foreign.issue("desktop") });
  await console.open(proxy.consoleUrl("vnc_auto.html", (await issue(untrusted.port)).token));
  await expectEnd(console, "target_untrusted", operator);

  await using unsuitable = await startTigerVnc({ client: "none", password: "sesame" });
  await page.goto("about:blank");
  await console.open(proxy.consoleUrl("vnc_auto.html", (await issue(unsuitable.port)).token));
  await expectEnd(console, "target_security_failed", operator);
});

// The last test: it ends the database.
test("a database that is away is named, and the page opens the console by itself once it is back", async ({
  console,
}) => {
  await using desktop = await startTigerVnc();
  // Outlasts the database's restart.
  const { token } = await issue(desktop.port, 600);
  await server.kill();
  await console.open(proxy.consoleUrl("vnc_auto.html", token));
  await console.waitFor("reconnecting");
  await expect(console.endScreen).toHaveAttribute("data-reason", "lookup_failed");
  await expect(console.endScreen).toContainText(english.closeReasons.lookup_failed.title);
  await takeScreenshots(console.page, "nova-lookup_failed");
  await server.start();
  await console.waitFor("connected", "expiring");
});
