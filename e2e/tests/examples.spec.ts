import { readdirSync } from "node:fs";
import { copyFile, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { english } from "@curfew/client/messages/en";
import { testPatternHash, startFakeGateway, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { expect, test } from "@playwright/test";
import { packTarballs, type Tarball } from "../../tools/publish/tarballs/pack.ts";
import { ROOT } from "../../tools/root.ts";
import { canvasHash } from "../src/page-objects/console-page.ts";
import { Consumer } from "../src/examples/consumer.ts";

/** Every folder of `examples/`, each with a page that takes `url` and `token` from its address. */
const examples = readdirSync(join(ROOT, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Texts that only the code of one viewer has, and one of the SDK's own. */
const viewers = { novnc: "Unexpected SetColorMapEntries message", xterm: "xterm-helper-textarea" };
const sdk = "authorize() returned";

/** Where bundlers put what browsers load, for the examples that have only noVNC installed. */
const bundles: Readonly<Record<string, string>> = { next: ".next/static", vite: "dist", webpack: "dist" };

/** What pages have before any script ran, for the examples that are rendered on a server. */
const rendered: Readonly<Record<string, string>> = { next: english.states.idle };

test.describe.configure({ timeout: 400_000 });
test.use({ locale: "en-GB" });

let folder: string;
let tarballs: readonly Tarball[];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-tarballs-"));
  tarballs = await packTarballs(folder);
});
test.afterAll(async () => rm(folder, { recursive: true, force: true }));

/** What was built, as text by file name. */
async function scripts(consumer: Consumer, from: string): Promise<ReadonlyMap<string, string>> {
  const built = join(consumer.folder, from);
  const names = (await readdir(built, { recursive: true })).filter((name) => name.endsWith(".js"));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(built, name), "utf8")] as const)),
  );
}

/** Only noVNC was bundled, as a file of its own that loads when a console opens. */
async function expectOnlyNoVncApart(consumer: Consumer, bundle: string): Promise<void> {
  const files = [...(await scripts(consumer, bundle)).values()];
  expect(files.filter((code) => code.includes(viewers.xterm))).toEqual([]);
  expect(files.filter((code) => code.includes(viewers.novnc))).toHaveLength(1);
  expect(files.filter((code) => code.includes(sdk) && code.includes(viewers.novnc))).toEqual([]);
  expect(files.filter((code) => code.includes(sdk))).not.toEqual([]);
}

for (const name of examples) {
  test(`examples/${name}, with packages from tarballs, shows a console and says why it ended`, async ({ page }) => {
    await using consumer = await Consumer.install(name, tarballs);
    await consumer.build();
    const bundle = bundles[name];
    if (bundle !== undefined) await expectOnlyNoVncApart(consumer, bundle);
    await using site = await consumer.serve();
    expect(await (await fetch(site.origin)).text()).toContain(rendered[name] ?? "<html");
    await using vnc = await startFakeVnc({ encoding: "zrle" });
    vnc.showPattern(7);
    await using gateway = await startFakeGateway({ target: vnc });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

    await page.goto(`${site.origin}/?url=${encodeURIComponent(gateway.url)}&token=abc`);
    const session = await gateway.waitForSession();
    expect(session.token).toBe("abc");
    await expect.poll(async () => canvasHash(page.locator("canvas"))).toBe(testPatternHash(7, vnc.size));

    session.end("session_expired");
    await expect(page.getByText(english.closeReasons.session_expired.sentence).first()).toBeVisible();
    await expect(page.locator("canvas")).toHaveCount(0);
    await page.getByRole("button", { name: /Open again|Get new access/u }).click();
    await gateway.waitForSession(1);
    expect(problems).toEqual([]);
  });
}

test("a page with a serial console alone is built without noVNC, and without the add-ons that are not installed", async ({
  page,
}) => {
  await using consumer = await Consumer.install("vite", tarballs, [
    "@curfew/client",
    "@xterm/xterm",
    "@xterm/addon-fit",
  ]);
  await copyFile(new URL("../src/examples/serial.ts", import.meta.url), join(consumer.folder, "src/main.ts"));
  await consumer.build();
  const files = [...(await scripts(consumer, "dist"))];
  expect(files.filter(([, code]) => code.includes(viewers.novnc))).toEqual([]);
  expect(files.filter(([, code]) => code.includes(viewers.xterm))).toHaveLength(1);

  await using site = await consumer.serve();
  await using guest = await startFakeSerial();
  await using gateway = await startFakeGateway({ target: guest });
  await page.goto(`${site.origin}/?url=${encodeURIComponent(gateway.url)}&token=abc`);
  await expect(page.locator(".xterm-rows")).toContainText("login:");
});

test("a page with elements is built by webpack where only one of the viewers is installed", async ({ page }) => {
  await using consumer = await Consumer.install("webpack", tarballs);
  await copyFile(new URL("../src/examples/element.js", import.meta.url), join(consumer.folder, "src/main.js"));
  await consumer.build();
  await using site = await consumer.serve();
  await using gateway = await startFakeGateway();
  const open = async (name: string): Promise<void> => {
    await page.goto(`${site.origin}/?name=${name}&url=${encodeURIComponent(gateway.url)}`);
  };
  await open("curfew-serial");
  await expect(page.getByText(/@xterm\/xterm or @xterm\/addon-fit could not be imported/u).first()).toBeVisible();
  const sessions = gateway.sessions.length;
  await open("curfew-vnc");
  await gateway.waitForSession(sessions);
});
