import { CloseCode, closeAction, type ServerCloseReason } from "@curfew/protocol";
import { testPatternHash, recordRfb, seededHash, startVncPlayer } from "@curfew/testing";
import { expect, routeConsole, test } from "@curfew/testing/playwright";
import type { Page } from "@playwright/test";
import { canvasHash } from "../src/page-objects/console-page.ts";
import { startConsolePageServer } from "../src/servers/console-page-server.ts";
import { samplePage, serveSamplePage } from "../src/page-objects/sample-page.ts";

/** Where the sample page connects when it is not told otherwise. */
const socket = "ws://localhost/websockify";

test.beforeEach(({ page }) => serveSamplePage(page));

async function says(page: Page, status: string): Promise<void> {
  await expect(page.getByRole("status")).toHaveText(status);
}

test.describe("a routed gateway", () => {
  test("opens the console, shows its picture and passes keys on", async ({ page, vnc, routeConsole }) => {
    const gateway = await routeConsole(socket);
    await page.goto(samplePage);
    await says(page, "connected");
    vnc.showPattern(7);
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(7, vnc.size));
    await page.locator("canvas").focus();
    await page.keyboard.type("k");
    await vnc.waitFor("key", ({ keysym, down }) => keysym === 0x6b && down);
    const session = await gateway.waitForSession();
    expect(session).toMatchObject({ path: "/websockify", protocol: "curfew.v1", token: "first" });
  });

  for (const reason of Object.keys(CloseCode) as ServerCloseReason[]) {
    test(`ends as ${reason}, and the page shows it`, async ({ page, routeConsole }) => {
      const gateway = await routeConsole(socket);
      await page.goto(samplePage);
      await says(page, "connected");
      gateway.refuse(reason);
      (await gateway.waitForSession()).end(reason);
      await says(page, `Ended: ${reason}`);
      // The first connection, and the page's further attempts where the reason says that they may help.
      expect(gateway.sessions).toHaveLength(closeAction(CloseCode[reason]) === "retry" ? 4 : 1);
      expect(await gateway.sessions[0]!.closed).toEqual({ by: "gateway", code: CloseCode[reason], reason });
    });
  }

  test("breaks without a reason", async ({ page, routeConsole }) => {
    const gateway = await routeConsole(socket);
    await page.goto(samplePage);
    await says(page, "connected");
    gateway.follow({ hello: false });
    (await gateway.waitForSession(0)).drop();
    for (const number of [1, 2, 3]) (await gateway.waitForSession(number)).drop();
    await says(page, "Ended: connection_lost");
  });

  test("refuses connections so that they never open, and takes them again", async ({ page, routeConsole }) => {
    const gateway = await routeConsole(socket);
    gateway.refuse("connect_failed");
    await page.goto(samplePage);
    await says(page, "Ended: connect_failed");
    expect(gateway.sessions).toHaveLength(0);
    expect(gateway.received("refused")).toHaveLength(4);
    gateway.accept();
    await page.reload();
    await says(page, "connected");
  });

  test("without control messages is what websockify is", async ({ page, routeConsole }) => {
    const gateway = await routeConsole(socket, { subprotocol: "binary" });
    await page.goto(samplePage);
    await says(page, "connected");
    await expect(page.getByRole("timer")).toHaveText("");
    const session = await gateway.waitForSession();
    expect(session.protocol).toBe("binary");
    expect(() => session.warn(1000)).toThrow("connection 0 has binary: no control messages; expected curfew.v1");
    session.expire();
    await says(page, "Ended: session_expired");
  });

  test("grants a renewal, refuses it, or leaves it to the test", async ({ page, routeConsole }) => {
    const gateway = await routeConsole(socket, { expiresInMs: 300_000, renewal: 600_000 });
    await page.goto(samplePage);
    await says(page, "connected");
    await page.getByRole("button").click();
    await says(page, "renewed");
    await expect(page.getByRole("timer")).toHaveText(/^(?:600|5\d\d) s left$/);
    expect(await gateway.waitFor("renew")).toMatchObject({ connection: 0, token: "second" });

    gateway.follow({ renewal: "token_invalid" });
    await page.reload();
    await says(page, "connected");
    await page.getByRole("button").click();
    await says(page, "not renewed: token_invalid");

    gateway.follow({ renewal: "silence" });
    await page.reload();
    await says(page, "connected");
    await page.getByRole("button").click();
    const { connection, id } = await gateway.waitFor("renew", (renewal) => renewal.connection === 2);
    gateway.sessions[connection]!.send({ type: "renewed", id, expiresInMs: 5_000_000 });
    await says(page, "renewed");
  });

  test("ends a session by itself where it enforces", async ({ page, routeConsole }) => {
    await routeConsole(socket, { expiresInMs: 500, enforce: true });
    await page.goto(samplePage);
    await says(page, "Ended: session_expired");
  });

  test("holds hello back until the test says it", async ({ page, vnc, routeConsole }) => {
    const gateway = await routeConsole(socket, { hello: false });
    await page.goto(samplePage);
    const session = await gateway.waitForSession();
    await vnc.waitForConnection();
    await says(page, "connecting");
    session.hello(300_000);
    await says(page, "connected");
    await expect(page.getByRole("timer")).toHaveText(/^(?:300|2\d\d) s left$/);
  });

  test("a malformed control message is a fault of the gateway's that the page names", async ({
    page,
    routeConsole,
  }) => {
    const gateway = await routeConsole(socket);
    await page.goto(samplePage);
    await says(page, "connected");
    const session = await gateway.waitForSession();
    session.sendText("{");
    await says(page, "Ended: protocol_error");
    expect(await session.closed).toEqual({ by: "page", code: 4000, reason: "protocol_error" });
  });

  test("takes a page that is open already", async ({ page, routeConsole }) => {
    await page.goto("http://localhost/console.html");
    await routeConsole("ws://localhost/late", { expiresInMs: 1234 });
    const hello = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const late = new WebSocket("ws://localhost/late", ["binary", "curfew.v1"]);
          late.addEventListener("message", ({ data }) => resolve([late.protocol, JSON.parse(String(data))]));
        }),
    );
    expect(hello).toEqual(["curfew.v1", { type: "hello", session: "fake-0", expiresInMs: 1234, renewable: true }]);
  });
});

test.describe("a routed gateway, elsewhere", () => {
  test("plays to the console page that the gateway serves, under its policies", async ({ page, vnc, routeConsole }) => {
    await using server = await startConsolePageServer();
    const gateway = await routeConsole(`${server.origin}/websockify`);
    await page.goto(`${server.origin}/console/?name=web-03#token=marker`);
    const body = page.locator("body");
    await expect(body).toHaveAttribute("data-state", "connected");
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(0, vnc.size));
    const session = await gateway.waitForSession();
    expect(session.token).toBe("marker");
    session.warn(10_000);
    await expect(body).toHaveAttribute("data-state", "expiring");
    session.expire();
    await expect(page.locator("[data-reason]")).toHaveAttribute("data-reason", "session_expired");
  });

  test("plays to popups", async ({ context, page, routeConsole }) => {
    await routeConsole(socket);
    const opened = context.waitForEvent("page");
    await page.evaluate(() => void open("about:blank"));
    const popup = await opened;
    await serveSamplePage(popup);
    await popup.goto(samplePage);
    await says(popup, "connected");
    await expect(popup.getByRole("timer")).toHaveText(/^3\d{3} s left$/);
  });
});

test.describe("a recording", () => {
  test("shows noVNC what another noVNC saw", async ({ page, vnc }, info) => {
    const file = info.outputPath("session.js");
    await using recorder = await recordRfb({ target: vnc, file });
    const gateway = await routeConsole(page, socket, { target: recorder });
    await page.goto(samplePage);
    await says(page, "connected");
    vnc.showPattern(5);
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(5, vnc.size));
    await page.goto("about:blank");
    await recorder.finished;

    await using player = await startVncPlayer(file, { speed: Infinity });
    gateway.follow({ target: player });
    await page.goto(samplePage);
    await says(page, "connected");
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(5, vnc.size));
    expect(vnc.connections).toHaveLength(1);
  });
});

test.describe("a gateway on real WebSockets", () => {
  // The sample page comes from nowhere, and so may not connect to this machine without being asked.
  test.use({ permissions: ["local-network-access"] });

  test("keeps the page's order of subprotocols, also where another address is routed", async ({ page, gateway }) => {
    await routeConsole(page, "ws://localhost/elsewhere");
    await page.goto(`${samplePage}?gateway=${gateway.url}/`);
    await says(page, "connected");
    expect((await gateway.waitForSession()).offered.slice(0, 2)).toEqual(["binary", "curfew.v1"]);
  });

  test("does the same", async ({ page, vnc, gateway }) => {
    await page.goto(`${samplePage}?gateway=${gateway.url}/?path=1`);
    await says(page, "connected");
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(0, vnc.size));
    const session = await gateway.waitForSession();
    session.warn(60_000);
    await says(page, "expiring");
    session.end("session_terminated", "by an operator");
    await says(page, "Ended: session_terminated");
    expect(await session.closed).toEqual({ by: "gateway", code: 4005, reason: "session_terminated" });
  });
});

test.describe("a console that stalls, splits, resets and expires", () => {
  test.use({
    console: {
      type: "vnc",
      faults: (connection) =>
        connection === 0
          ? [
              { type: "split", bytes: 7 },
              { type: "reset", at: 9000 },
            ]
          : [],
    },
  });

  test("is reconnected to after the reset", async ({ page, vnc, routeConsole }) => {
    const gateway = await routeConsole(socket);
    await page.goto(samplePage);
    await gateway.waitForSession(1);
    await says(page, "connected");
    expect(await vnc.connections[0]!.closed).toEqual({ by: "server", how: "reset" });
    expect(await gateway.sessions[0]!.closed).toMatchObject({ by: "gateway", reason: "target_closed" });
  });
});

test.describe("the page's clock", () => {
  test("stops before and after the warning and the end", async ({ page, clock, routeConsole }) => {
    const gateway = await routeConsole(socket, { expiresInMs: 120_000 });
    await page.goto(samplePage);
    await says(page, "connected");
    const session = await gateway.waitForSession();
    await clock.freeze();
    session.warn(120_000);
    await expect(page.getByRole("timer")).toHaveText("120 s left");
    await clock.runToJustBefore(60_000);
    await expect(page.getByRole("timer")).toHaveText("61 s left");
    await clock.runTo(60_000);
    await expect(page.getByRole("timer")).toHaveText("60 s left");
    await clock.runToJustBefore(120_000);
    await expect(page.getByRole("timer")).toHaveText("1 s left");
    await clock.runTo(120_000);
    await expect(page.getByRole("timer")).toHaveText("0 s left");
    expect(clock.elapsedMs).toBe(120_000);
    session.expire();
    await says(page, "Ended: session_expired");
    // Several pings went out on the way, and all of them were answered.
    expect(gateway.received("ping").length).toBeGreaterThan(5);
    await expect(clock.runTo(1)).rejects.toThrow("ms is 1; expected at least the 120000 that have passed already");
    await clock.resume();
    await expect(clock.runTo(1)).rejects.toThrow("freeze() it first");
  });
});

test.describe("a console that sends a lot", () => {
  const bytes = 8 * 2 ** 20;
  test.use({ console: { type: "bytes", mode: "source", seed: 42, bytes } });

  test("reaches the page whole, and its end comes last", async ({ page, routeConsole }) => {
    const gateway = await routeConsole(socket);
    await page.goto("http://localhost/console.html?gateway=ws://localhost/nowhere");
    const seen = await page.evaluate(async (url) => {
      const pieces: Blob[] = [];
      const socket = new WebSocket(url, "curfew.v1");
      socket.addEventListener("message", ({ data }) => typeof data === "string" || pieces.push(data as Blob));
      const { code } = await new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
      const hash = await crypto.subtle.digest("SHA-256", await new Blob(pieces).arrayBuffer());
      return { code, hash: Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("") };
    }, socket);
    expect(seen).toEqual({ code: 4203, hash: seededHash(42, bytes) });
    expect(gateway.sessions).toHaveLength(1);
  });
});

test.describe("another type of console", () => {
  test.use({ console: { type: "serial", hostname: "box" } });

  test("has a fixture of its own name", async ({ serial, target }) => {
    expect(serial).toBe(target);
    expect(serial.openConnections).toBe(0);
  });
});
