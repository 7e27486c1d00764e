import type { CloseInfo } from "@curfew/client";
import type { ServerIdentity, VncOptions } from "@curfew/client/vnc";
import { type FakeGatewayServer, type FakeVncServer, testPatternHash, startFakeVnc } from "@curfew/testing";
import type { JSHandle, Page } from "@playwright/test";
import { canvasHash } from "../src/page-objects/console-page.ts";
import { expect, test } from "../src/fixtures/sdk-page.ts";

/** What the page is to do when it is asked. */
interface Answers {
  readonly approve: "yes" | "no" | "leave";
  readonly password: string;
}

/** What the page was asked, and how it ended. */
interface Told {
  readonly identities: readonly ServerIdentity[];
  readonly asked: readonly (readonly string[])[];
  readonly end: CloseInfo | null;
}

const start = (): Promise<FakeVncServer> =>
  startFakeVnc({ security: "ra2ne", username: "ada", password: "open sesame", size: { width: 64, height: 48 } });

/** Opens the server's screen in the page, and waits until it is there or has ended. */
async function open(
  page: Page,
  gateway: FakeGatewayServer,
  server: FakeVncServer,
  answers: Answers,
): Promise<JSHandle<Told>> {
  gateway.follow({ target: server });
  return await page.evaluateHandle(
    async ({ url, approve, password }) => {
      const screen = document.querySelector<HTMLElement>("#screen");
      if (!screen) throw new Error("no screen");
      const told = {
        identities: [] as ServerIdentity[],
        asked: [] as (readonly string[])[],
        end: null as CloseInfo | null,
      };
      const options: VncOptions = {
        authorize: () => ({ url }),
        reconnect: false,
        onServerVerification: async (identity) => {
          told.identities.push(identity);
          if (approve === "leave") await vnc.close();
          return approve === "yes";
        },
        onCredentialsRequired: async (types) => {
          told.asked.push(types);
          return { username: "ada", password };
        },
      };
      const vnc = new sdk.VncConsole(screen, options);
      vnc.on("closed", (info) => (told.end = info));
      await vnc.connect().catch(() => {});
      return told;
    },
    { url: gateway.url, ...answers },
  );
}

test("a server with a key shows it, then gets name and password, then shows its screen", async ({ page, gateway }) => {
  await using server = await start();
  const told = await open(page, gateway, server, { approve: "yes", password: "open sesame" });
  const { identities, asked, end } = await told.jsonValue();
  expect(end).toBeNull();
  expect(identities).toMatchObject([{ type: "RSA", fingerprint: server.fingerprint }]);
  expect(asked).toEqual([["username", "password"]]);
  expect(server.received("auth")).toEqual([{ connection: 0, ok: true }]);
  server.showPattern(7);
  await expect.poll(() => canvasHash(page.locator("#screen canvas"))).toBe(testPatternHash(7, server.size));
});

test("a server with a key says in its own words that the password is wrong", async ({ page, gateway }) => {
  await using server = await start();
  const told = await open(page, gateway, server, { approve: "yes", password: "sesame" });
  const detail = "the VNC server refused the connection: wrong username or password";
  expect(await told.evaluate(({ end }) => end)).toMatchObject({
    reason: "credentials_rejected",
    // Asking again can help.
    action: "retry",
    detail,
  });
});

for (const [approve, end] of [
  ["no", { reason: "server_not_trusted", action: "stop", detail: "the VNC server's identity was not approved" }],
  ["leave", { reason: "client_closed", action: "stop" }],
] as const) {
  const name = approve === "no" ? "the page does not approve of" : "a user leaves because of";
  test(`a server whose key ${name} gets no credentials, and ends as ${end.reason}`, async ({ page, gateway }) => {
    await using server = await start();
    const told = await open(page, gateway, server, { approve, password: "open sesame" });
    expect(await told.evaluate(({ end }) => end)).toMatchObject(end);
    expect(await told.evaluate(({ asked }) => asked)).toEqual([]);
    await server.waitForNoConnections();
    expect(server.received("auth")).toEqual([]);
    await expect(page.locator("#screen canvas")).toHaveCount(0);
  });
}
