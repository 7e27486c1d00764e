import { tokenSubprotocol } from "@curfew/protocol";
import { startFakeVnc } from "@curfew/testing";
import { expect, test, token } from "../src/fixtures/console-page.ts";
import { inspect } from "../src/audits/inspect-page.ts";

interface Recorder {
  said?: string[];
}

test.describe("before a connection", () => {
  test("the token leaves the address at once and travels in the subprotocol list only", async ({
    console,
    page,
    gateway,
    vnc,
    server,
  }) => {
    gateway.follow({ target: vnc });
    await page.goto(`/vnc_lite.html?path=%3Ftoken%3D${token}&title=web-03`);
    await console.waitFor("connected");
    expect(page.url()).toBe(`${server.origin}/vnc_lite.html?title=web-03`);
    expect(gateway.sessions[0]?.path).toBe("/");
    expect(gateway.sessions[0]?.offered).toContain(tokenSubprotocol(token));
    expect(await page.content()).not.toContain(token);
    // Reloading the page and coming back to it open the console again; a copied address does not.
    await page.reload();
    await console.waitFor("connected");
    await page.goto("about:blank");
    await page.goBack();
    await console.waitFor("connected");
    expect(gateway.sessions.at(-1)?.offered).toContain(tokenSubprotocol(token));
    const address = page.url();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await console.waitFor("ended");
    await page.reload();
    await console.waitFor("no-token");
    await page.goto("about:blank");
    await page.goto(address);
    await console.waitFor("no-token");
  });

  test("a page without a token asks for a new link", async ({ console, page }) => {
    await page.goto(`/console/?type=vnc&name=web-03`);
    await console.waitFor("no-token");
    await expect(console.card.getByRole("heading")).toHaveText("A new link is needed");
    await inspect(page, "no-token");
  });

  test("a link to another host is refused with the host's name, and nothing is connected", async ({
    console,
    page,
    gateway,
  }) => {
    await page.goto(`/vnc.html?host=evil.example&token=${token}`);
    await console.waitFor("refused");
    await expect(console.card).toContainText("points to the host “evil.example”");
    expect(gateway.sessions).toHaveLength(0);
    expect(page.url()).not.toContain(token);
    await inspect(page, "refused");
  });

  test("connecting says what is waited for, and can be cancelled", async ({ console, page, gateway }) => {
    await page.addInitScript(() => {
      const said: string[] = ((globalThis as Recorder).said = []);
      new MutationObserver(() => {
        const sentence = document.querySelector(".card-sentence")?.textContent;
        if (sentence && sentence !== said.at(-1)) said.push(sentence);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    gateway.follow({ hello: false });
    await console.openLink();
    await console.waitFor("connecting");
    await expect
      .poll(() => page.evaluate(() => (globalThis as Recorder).said))
      .toEqual(["Contacting the gateway.", "Waiting for the machine’s console."]);
    await inspect(page, "connecting");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(console.card).toHaveAttribute("data-reason", "client_closed");
  });

  test("nothing moves when the system asks for reduced motion", async ({ console, page, gateway }) => {
    gateway.follow({ hello: false });
    const moving = (): Promise<number> => page.evaluate(() => document.getAnimations().length);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await console.openLink();
    await console.waitFor("connecting");
    await expect.poll(moving).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await expect.poll(moving).toBe(0);
  });

  test("a console with a password asks for it, again if it is wrong, and opens with it", async ({
    console,
    page,
    gateway,
  }) => {
    await using guarded = await startFakeVnc({ password: "secret" });
    gateway.follow({ target: guarded });
    await console.openLink();
    await console.waitFor("credentials");
    await inspect(page, "credentials");
    const password = page.getByRole("textbox", { name: "Password" });
    const dialog = page.getByRole("dialog", { name: "Console password" });
    await dialog.evaluate((node) => node.setAttribute("data-first", ""));
    await password.fill("wrong");
    await page.getByRole("button", { name: "Connect" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "did not accept that" })).toBeVisible();
    await expect(dialog).toContainText("Only the first 8 characters of the password count.");
    // In the same dialog, which did not close meanwhile.
    await expect(dialog).toHaveAttribute("data-first", "");
    await expect(password).toBeFocused();
    await expect(password).toHaveValue("");
    await password.fill("secret");
    await password.press("Enter");
    await console.waitFor("connected");
    await expect(dialog).toHaveCount(0);
    await expect(page.locator("canvas")).toBeFocused();
  });
});
