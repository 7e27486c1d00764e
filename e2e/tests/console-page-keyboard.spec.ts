import { expect, test } from "../src/fixtures/console-page.ts";
import { inspect } from "../src/audits/inspect-page.ts";

test("a whole session without a mouse: type, search, settings, hide the bar, renew, end", async ({
  console,
  page,
  gateway,
  serial,
}) => {
  await page.route(
    (url) => url.pathname === "/renew/web-03",
    (route) => route.fulfill({ json: { token: "second" } }),
  );
  gateway.follow({ target: serial });
  const opened = gateway.nextSession();
  await console.openConnected("serial", "&renew=/renew/web-03");
  const { keyboard } = page;
  const searchButton = page.getByRole("button", { name: "Search", exact: true });
  const leave = async (): Promise<void> => {
    await keyboard.press("Control+Alt+Shift");
    await expect(searchButton).toBeFocused();
  };
  const terminal = page.getByRole("textbox", { name: "Terminal of the machine" });
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await keyboard.type("root");
  await expect(page.locator(".xterm-rows")).toContainText("root");

  const rows = page.locator(".xterm-rows > div");
  const height = await rows.count();
  const stage = page.locator(".stage");
  const size = await stage.boundingBox();
  await leave();
  await keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  // A guest on a serial line is not told the size: what a smaller terminal cuts off is lost.
  await expect(rows).toHaveCount(height);
  expect(await stage.boundingBox()).toEqual(size);
  await keyboard.type("login");
  await expect(page.getByText(/^\d of \d$/)).toBeVisible();
  await keyboard.press("Escape");
  await expect(terminal).toBeFocused();

  await leave();
  await keyboard.press("s");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  await keyboard.press("Escape");
  await leave();
  await keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and gestures" });
  await expect(help).toContainText("Ctrl + Alt + Shift");
  await inspect(page, "dialog-help");
  await keyboard.press("Escape");

  // The dialog gives the focus back to the bar. Leaving the console again would show the bar after it was hidden.
  await expect(searchButton).toBeFocused();
  await keyboard.press("h");
  await expect(page.getByRole("banner")).toBeHidden();
  await leave();

  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 58_000 });
  await console.waitFor("expiring");
  await expect(page.getByText("This session ends in").first()).toBeVisible();
  await expect(rows).toHaveCount(height);
  expect(await stage.boundingBox()).toEqual(size);
  await keyboard.press("r");
  const { id, token: renewedWith } = await connection.waitFor("renew");
  expect(renewedWith).toBe("second");
  connection.send({ type: "renewed", id, expiresInMs: 1_800_000 });
  await console.waitFor("connected");

  await leave();
  await keyboard.press("End");
  await expect(page.getByRole("button", { name: "Disconnect" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.locator("[data-reason]")).toHaveAttribute("data-reason", "client_closed");
});
