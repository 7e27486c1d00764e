import { tokenSubprotocol } from "@curfew/protocol";
import { startFakeVnc } from "@curfew/testing";
import type { FrameLocator, Page } from "@playwright/test";
import { expect, test as base } from "../src/fixtures/console-page.ts";
import { heard, say } from "../src/servers/embedding-page.ts";
import type { WebServer } from "../src/servers/web-server.ts";

interface EmbeddingFixtures {
  /** Opens a parent, the embedder by default, with the console page in its frame. */
  readonly embed: (parent?: WebServer, fragment?: string) => Promise<FrameLocator>;
}

const test = base.extend<EmbeddingFixtures>({
  pageOptions: ({ embedder }, use) => use({ frame_ancestors: [embedder.origin] }),
  embed: async ({ page, embedder, server }, use) => {
    await use(async (parent = embedder, fragment = "#token=first") => {
      await page.goto(`${parent.origin}/#${encodeURIComponent(`${server.origin}/console/?type=vnc${fragment}`)}`);
      return page.frameLocator("iframe");
    });
  },
});

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

function state(frame: FrameLocator, name: string): Promise<void> {
  return expect(frame.locator("body")).toHaveAttribute("data-state", name);
}

const types = async (page: Page): Promise<unknown[]> =>
  (await heard(page)).map(({ type, state: word }) => (type === "state" ? word : type));

test("an allowed parent receives every state, and no message contains a token", async ({
  page,
  embed,
  gateway,
  server,
}) => {
  const opened = gateway.nextSession();
  const frame = await embed();
  await state(frame, "connected");
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 50_000 });
  await state(frame, "expiring");
  connection.end("session_expired");
  await state(frame, "ended");
  await expect
    .poll(() => types(page))
    .toEqual(["ready", "connecting", "connected", "expiring", "expiring", "ended", "closed"]);
  const messages = await heard(page);
  expect(messages.every(({ curfew, origin }) => curfew === 1 && origin === server.origin)).toBe(true);
  expect(messages.find(({ type }) => type === "expiring")).toMatchObject({ renewable: true });
  expect(messages.at(-1)).toMatchObject({ type: "closed", reason: "session_expired", code: 4100, wasClean: true });
  expect(JSON.stringify(messages)).not.toContain("first");
});

test("the time left is in whole milliseconds, where the page's own clock warns too", async ({
  page,
  embed,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc, expiresInMs: 30_000 });
  await state(await embed(), "expiring");
  await expect.poll(() => types(page)).toContain("expiring");
  const [warning] = (await heard(page)).filter(({ type }) => type === "expiring");
  expect(Number.isInteger(warning?.["expiresInMs"])).toBe(true);
});

test("Renew asks the parent for a token, and renews with the one it sends", async ({ page, embed, gateway }) => {
  const opened = gateway.nextSession();
  const frame = await embed();
  await state(frame, "connected");
  await say(page, { curfew: 1, type: "can-renew" });
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 50_000 });
  await frame.getByRole("button", { name: "Renew" }).click();
  await state(frame, "renewing");
  await expect.poll(() => types(page)).toContain("renew-wanted");
  await say(page, { curfew: 1, type: "renew", token: "second" });
  const { id, token: renewedWith } = await connection.waitFor("renew");
  expect(renewedWith).toBe("second");
  connection.send({ type: "renewed", id, expiresInMs: 1_800_000 });
  await state(frame, "connected");
});

test("leaving while a token is requested is final, whatever the answer", async ({ page, embed, gateway }) => {
  const opened = gateway.nextSession();
  const frame = await embed();
  await state(frame, "connected");
  await say(page, { curfew: 1, type: "can-renew" });
  (await opened).send({ type: "expiring", expiresInMs: 50_000 });
  await frame.getByRole("button", { name: "Renew" }).click();
  await expect.poll(() => types(page)).toContain("renew-wanted");
  await frame.getByRole("button", { name: "Disconnect" }).click();
  await state(frame, "ended");
  await say(page, { curfew: 1, type: "renew", token: "late" });
  // One that was not asked for does open the console.
  await say(page, { curfew: 1, type: "renew", token: "unasked" });
  await state(frame, "connected");
  expect(gateway.sessions.map(({ offered }) => offered.includes(tokenSubprotocol("late")))).toEqual([false, false]);
});

test("a console that opens leaves the keyboard in the page around it, until that gives it", async ({ page, embed }) => {
  const frame = await embed();
  await state(frame, "connected");
  await page.evaluate(() => {
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
  });
  await say(page, { curfew: 1, type: "close" });
  await state(frame, "ended");
  await say(page, { curfew: 1, type: "renew", token: "second" });
  await state(frame, "connected");
  await expect(page.locator("input")).toBeFocused();
  await say(page, { curfew: 1, type: "focus" });
  await expect(frame.locator("canvas")).toBeFocused();
});

test.describe("nothing is offered that the parent cannot answer", () => {
  test("Renew comes once the parent has said that it hands out tokens", async ({ page, embed, gateway }) => {
    const opened = gateway.nextSession();
    const frame = await embed();
    await state(frame, "connected");
    await say(page, { curfew: 1, type: "focus" });
    (await opened).send({ type: "expiring", expiresInMs: 50_000 });
    await expect(frame.getByText("open the console again with a new link")).toBeVisible();
    await expect(frame.getByRole("button", { name: "Renew" })).toHaveCount(0);
    await say(page, { curfew: 1, type: "can-renew" });
    await expect(frame.getByRole("button", { name: "Renew" })).toBeVisible();
  });

  test("Open again comes after an end", async ({ page, embed, gateway }) => {
    const opened = gateway.nextSession();
    const frame = await embed();
    await state(frame, "connected");
    (await opened).end("session_expired");
    await state(frame, "ended");
    const again = frame.getByRole("button", { name: "Open again" });
    await expect(again).toHaveCount(0);
    await say(page, { curfew: 1, type: "can-renew" });
    await again.click();
    await expect.poll(() => types(page)).toContain("renew-wanted");
    await say(page, { curfew: 1, type: "renew", token: "second" });
    await state(frame, "connected");
  });

  test("Open console comes where the link has no token", async ({ page, embed }) => {
    const frame = await embed(undefined, "");
    await state(frame, "no-token");
    const open = frame.getByRole("button", { name: "Open console" });
    await expect(open).toHaveCount(0);
    await say(page, { curfew: 1, type: "can-renew" });
    await open.click();
    await expect.poll(() => types(page)).toContain("renew-wanted");
    await say(page, { curfew: 1, type: "renew", token: "second" });
    await state(frame, "connected");
  });
});

test("a parent renews without being asked, gives the console the keyboard, and closes it", async ({
  page,
  embed,
  gateway,
}) => {
  const opened = gateway.nextSession();
  const frame = await embed();
  await state(frame, "connected");
  await say(page, { curfew: 1, type: "renew", token: "second" });
  const connection = await opened;
  const { id, token: renewedWith } = await connection.waitFor("renew");
  expect(renewedWith).toBe("second");
  connection.send({ type: "renewed", id, expiresInMs: 1_800_000 });
  await page.evaluate(() => {
    document.querySelector("iframe")?.blur();
  });
  await say(page, { curfew: 1, type: "focus" });
  await expect(frame.locator("canvas")).toBeFocused();
  await say(page, { curfew: 1, type: "close" });
  await state(frame, "ended");
  await expect
    .poll(() => heard(page))
    .toContainEqual(expect.objectContaining({ type: "closed", reason: "client_closed" }));
  await say(page, { curfew: 1, type: "renew", token: "third" });
  await state(frame, "connected");
});

test("dialogs work in a frame with the sandbox of the manual", async ({ embed, gateway }) => {
  await using guarded = await startFakeVnc({ password: "secret" });
  gateway.follow({ target: guarded });
  const frame = await embed();
  await state(frame, "credentials");
  await frame.getByRole("textbox", { name: "Password" }).fill("secret");
  await frame.getByRole("button", { name: "Connect" }).click();
  await state(frame, "connected");
});

test("so do links in the terminal, to pages without the sandbox", async ({
  page,
  embed,
  gateway,
  serial,
  stranger,
}) => {
  gateway.follow({ target: serial });
  const frame = await embed(undefined, "#token=first&type=serial");
  await state(frame, "connected");
  const link = `${stranger.origin}/#link`;
  for (const connection of serial.connections)
    connection.print(`\r\n\u001B]8;;${link}\u0007manual\u001B]8;;\u0007\r\n`);
  // The screen lies over its text; it looks for links under the pointer.
  await expect(async () => {
    await page.mouse.move(0, 0);
    await frame.getByText("manual").hover({ force: true });
    await expect(frame.locator(".xterm-cursor-pointer")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await frame.getByText("manual").click({ force: true });
  const opened = page.waitForEvent("popup");
  await frame.getByRole("button", { name: "Open", exact: true }).click();
  const popup = await opened;
  await expect(popup).toHaveURL(link);
  expect(await popup.evaluate(() => origin)).toBe(stranger.origin);
});

test("a message that makes no sense is named once and changes nothing", async ({ page, embed, embedder }) => {
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning" && message.text().includes("did not understand")) warnings.push(message.text());
  });
  const frame = await embed();
  await state(frame, "connected");
  for (const data of ["close", { type: "close" }, { curfew: 1, type: "reboot" }]) await say(page, data);
  await expect.poll(() => warnings).toHaveLength(1);
  expect(warnings[0]).toContain(
    `from ${embedder.origin}: type: expected "focus", "can-renew", "renew" or "close", but got "reboot"`,
  );
  await state(frame, "connected");
});

test("another site cannot show the page", async ({ page, embed, stranger, gateway, faults }) => {
  await embed(stranger);
  await expect.poll(() => faults).toEqual([expect.stringContaining("frame-ancestors")]);
  faults.length = 0;
  expect(await heard(page)).toEqual([]);
  expect(gateway.sessions).toHaveLength(0);
});

test.describe("another site is neither told anything nor heard, even where its browser shows the page", () => {
  for (const [message, token, before] of [
    [{ type: "close" }, "#token=first", /connecting/],
    // A parent's token opens the console of a link that has none.
    [{ type: "renew", token: "second" }, "", /no-token/],
  ] as const) {
    for (const named of [true, false]) {
      const where = named ? "names the site" : "does not name the site";
      test(`${message.type}, where the browser ${where}`, async ({ page, embed, stranger, server }) => {
        await page.route(`${server.origin}/console/**`, async (route) => {
          const response = await route.fetch();
          const headers = response.headers();
          delete headers["content-security-policy"];
          const body = (await response.text()).replaceAll("ancestorOrigins", named ? "$&" : "ancestorsUnknown");
          await route.fulfill({ response, headers, body });
        });
        const frame = await embed(stranger, token);
        await expect(frame.locator("body")).toHaveAttribute("data-state", before);
        await say(page, { curfew: 1, ...message });
        await queued(frame);
        await expect(frame.locator("body")).toHaveAttribute("data-state", before);
        expect(await heard(page)).toEqual([]);
        // The page may still be fetching its viewer.
        await page.unrouteAll({ behavior: "ignoreErrors" });
      });
    }
  }
});

test("only the parent's messages count, not even those of another window of its origin", async ({
  page,
  embed,
  gateway,
}) => {
  const frame = await embed();
  await state(frame, "connected");
  await page.evaluate(() => document.body.append(document.createElement("iframe")));
  const sibling = page.frames().find((other) => other.url() === "about:blank");
  await sibling?.evaluate(() => window.parent.frames[0]?.postMessage({ curfew: 1, type: "close" }, "*"));
  // Goes the same way after it, and would open another session where that was heard.
  await say(page, { curfew: 1, type: "renew", token: "second" });
  await expect.poll(() => gateway.received("renew")).toMatchObject([{ connection: 0, token: "second" }]);
});

/** Resolves when all messages that the page in the frame has got by now were taken. */
async function queued(frame: FrameLocator): Promise<void> {
  await frame.locator("body").evaluate(async () => {
    const { promise, resolve } = Promise.withResolvers<Event>();
    addEventListener("message", resolve, { once: true });
    // Goes through the same queue after them.
    window.postMessage("last", location.origin);
    await promise;
  });
}
