import { testPatternHash, startFakeVnc } from "@curfew/testing";
import { expect, test } from "../src/fixtures/gateway.ts";

for (const encoding of ["raw", "copyrect", "hextile", "zrle"] as const) {
  test(`the picture arrives to the last pixel, encoded as ${encoding}`, async ({ gateway, console }) => {
    await using server = await startFakeVnc({ encoding });
    await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
    await console.waitFor("connected");
    for (const frame of [1, 2, 77]) {
      server.showPattern(frame);
      await expect.poll(() => console.canvasHash()).toBe(testPatternHash(frame, server.size));
    }
  });
}

test("the picture arrives although the server sends it in single bytes", async ({ gateway, console }) => {
  const size = { width: 48, height: 32 };
  await using server = await startFakeVnc({ size, encoding: "hextile", faults: [{ type: "split", bytes: 1 }] });
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(server.pattern, server.size));
});

test("keys and the pointer reach the server", async ({ gateway, console, page }) => {
  await using server = await startFakeVnc();
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await console.canvas.click();
  await server.waitFor("pointer", ({ buttons }) => buttons === 1);
  await page.keyboard.type("Az9");
  for (const keysym of [0x41, 0x7a, 0x39]) {
    await server.waitFor("key", (event) => event.keysym === keysym && event.down);
    await server.waitFor("key", (event) => event.keysym === keysym && !event.down);
  }
  await page
    .getByRole("button", { name: /Ctrl.*Alt.*Del/i })
    .first()
    .click();
  await server.waitFor("key", (event) => event.keysym === 0xffff && event.down);
});

test("a server that asks for a password gets it from a dialog", async ({ gateway, console, page }) => {
  await using server = await startFakeVnc({ password: "secret" });
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("credentials");
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.keyboard.press("Enter");
  await console.waitFor("connected");
  expect(server.received("auth").at(-1)?.ok).toBe(true);
});

test("the page follows when the server changes the desktop's size", async ({ gateway, console }) => {
  await using server = await startFakeVnc();
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  server.resize(400, 300);
  await expect
    .poll(() => console.canvas.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]))
    .toEqual([400, 300]);
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(server.pattern, { width: 400, height: 300 }));
});

test("the page reconnects by itself when the server drops the connection", async ({ gateway, console }) => {
  await using server = await startFakeVnc();
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  (await server.waitForConnection(0)).reset();
  await server.waitForConnection(1);
  await console.waitFor("connected");
  server.showPattern(5);
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(5, server.size));
});

test("the token is gone from the address bar and from every request", async ({ gateway, console, page }) => {
  await using server = await startFakeVnc();
  const { url, token } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300 });
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  page.on("websocket", (socket) => requested.push(socket.url()));
  await console.open(url);
  await console.waitFor("connected");
  expect(page.url()).not.toContain(token);
  // The fragment of the first navigation never leaves the browser.
  expect(requested.map((request) => request.split("#")[0]).join("\n")).not.toContain(token);
  expect(gateway.log).not.toContain(token);
});
