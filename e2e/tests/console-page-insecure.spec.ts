import { expect, test } from "../src/fixtures/console-page.ts";
import { INSECURE_HOST } from "../src/browsers/chromium.ts";
import { inspect } from "../src/audits/inspect-page.ts";
import { startKeyedVnc } from "../src/servers/keyed-vnc.ts";
import type { WebServer } from "../src/servers/web-server.ts";

const link = "/console/?type=vnc&name=web-03#token=first";

function elsewhere({ origin }: WebServer): string {
  return origin.replace("127.0.0.1", INSECURE_HOST);
}

test("plain HTTP from another host is named in the bar, and the console works", async ({
  console,
  page,
  gateway,
  vnc,
  server,
}) => {
  gateway.follow({ target: vnc });
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
  gateway.follow({ target: keyed });
  await page.goto(elsewhere(server) + link);
  await console.waitFor("ended");
  await expect(console.card).toHaveAttribute("data-reason", "viewer_failed");
  await expect(console.card).toHaveAttribute("data-circumstance", "insecure");
  await expect(console.card).toContainText("Open the console with an https:// address.");
  await expect(console.card).toContainText("identity can be verified over HTTPS only");
  await inspect(page, "ended-viewer_failed-insecure");
});
