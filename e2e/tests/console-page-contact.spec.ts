import { expect, test } from "../src/fixtures/console-page.ts";
import { inspect } from "../src/audits/inspect-page.ts";

test.use({ pageOptions: { contact_url: "mailto:ops@example.com" } });

test("an end that the operator can explain leads to them, with what they will ask for", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  (await opened).end("forbidden", "not your machine");
  await console.waitFor("ended");
  const contact = console.card.getByRole("link", { name: "Contact the operator" });
  const href = new URL((await contact.getAttribute("href")) ?? "");
  expect(href.pathname).toBe("ops@example.com");
  expect(href.searchParams.get("subject")).toBe("web-03: Access not allowed");
  expect(href.searchParams.get("body")).toMatch(
    /^reason: forbidden\nclose code: 4003\nended: \S+\nsession: 7f3a9c52\ndetail: not your machine$/,
  );
  await inspect(page, "ended-forbidden-contact");
});

test("an end that the user can resolve alone does not", async ({ console, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  (await opened).end("idle_timeout");
  await console.waitFor("ended");
  await expect(console.card.getByRole("link")).toHaveCount(0);
});

test.describe("a contact page", () => {
  test.use({ pageOptions: { contact_url: "https://help.example/consoles?from=curfew&x=1" } });

  test("opens beside the console", async ({ console, page, gateway }) => {
    gateway.follow({ refuse: "target_not_found" });
    await console.openLink();
    const contact = page.getByRole("link", { name: "Contact the operator" });
    await expect(contact).toHaveAttribute("href", "https://help.example/consoles?from=curfew&x=1");
    await expect(contact).toHaveAttribute("target", "_blank");
    await expect(contact).toHaveAttribute("rel", /noopener/);
  });
});
