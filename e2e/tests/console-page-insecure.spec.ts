import { expect, test } from "../src/console-page-test.ts";
import config from "../playwright.config.ts";
import { inspect } from "../src/inspect-page.ts";
import { startKeyedVnc } from "../src/keyed-vnc.ts";
import type { SocketServer } from "../src/web-server.ts";

// Browsers trust plain HTTP from loopback, unless it has another name.
const host = "gateway.test";
const { args = [], ...launchOptions } = config.use?.launchOptions ?? {};
test.use({ launchOptions: { ...launchOptions, args: [...args, `--host-resolver-rules=MAP ${host} 127.0.0.1`] } });

const link = "/console/?type=vnc&name=web-03#token=first";

function elsewhere({ origin }: SocketServer): string {
  return origin.replace("127.0.0.1", host);
}

test("plain HTTP from another host is named in the bar, and the console works", async ({
  console,
  page,
  gateway,
  vnc,
  server,
}) => {
  gateway.follow({ target: vnc.address });
  await page.goto(elsewhere(server) + link);
  await console.waitFor("connected");
  await expect(page.getByRole("banner").getByText("Not secure")).toBeVisible();
  await inspect(page, "connected-insecure");

  await page.goto("about:blank");
  await page.goto(link);
  await console.waitFor("connected");
  await expect(page.getByRole("banner").getByText("Not secure")).toHaveCount(0);
});

test("a machine that needs more than plain HTTP gives ends with the way out", async ({
  console,
  page,
  gateway,
  server,
}) => {
  await using keyed = await startKeyedVnc();
  gateway.follow({ target: keyed.address });
  await page.goto(elsewhere(server) + link);
  await console.waitFor("ended");
  await expect(console.card).toHaveAttribute("data-reason", "viewer_failed");
  await expect(console.card).toHaveAttribute("data-circumstance", "insecure");
  await expect(console.card).toContainText("Open the console with an https:// address.");
  await expect(console.card).toContainText("identity can be verified over HTTPS only");
  await inspect(page, "ended-viewer_failed-insecure");
});
