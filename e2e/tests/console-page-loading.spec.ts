import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { tokenSubprotocol } from "@curfew/protocol";
import { CONSOLE_TYPES, CONSOLE_TYPE_TRAITS } from "../src/console-types.ts";
import { expect, test, token } from "../src/fixtures/console-page.ts";

const built = new URL("../../packages/proxy/page/", import.meta.url);
/** Bytes of the entry's scripts and styles, compressed. */
const entryLimit = 60_000;

const forms = [
  ["vnc", `/console/?type=vnc#token=${token}`],
  ["vnc", `/console/?type=vnc&token=${token}`],
  ["serial", `/console/?type=serial#token=${token}`],
  ["serial", `/serial.html?token=${token}`],
  ["serial", `/serial.html?token=${token}&title=router-1(4f1c)`],
  ["vnc", `/vnc_lite.html?path=%3Ftoken%3D${token}`],
  ["vnc", `/vnc_auto.html?path=%3Ftoken%3D${token}&title=web-03`],
  ["vnc", `/vnc_auto.html?token=${token}`],
  ["vnc", `/vnc.html?path=websockify%3Ftoken%3D${token}&resize=scale`],
  ["vnc", `/?token=${token}`],
] as const;

for (const [type, link] of forms) {
  test(`${link} opens a ${type} console here, and its token is only in the tab's own history`, async ({
    console,
    page,
    gateway,
    vnc,
    serial,
    server,
  }) => {
    const asked: string[] = [];
    const printed: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => printed.push(message.text()));
    gateway.follow({ target: { vnc, serial }[type].address });
    await page.goto(link);
    await console.waitFor("connected");
    await expect(page.locator("body")).toHaveAttribute("data-type", type);
    expect(gateway.sessions[0]?.offered).toContain(tokenSubprotocol(token));
    expect(gateway.sessions[0]?.path).not.toContain(token);
    expect(asked.filter((url) => !url.startsWith(server.origin) && !/^(?:data|blob):/.test(url))).toEqual([]);
    // The document itself was asked for with it, where the link has it in the query.
    expect(asked.slice(1).join("\n")).not.toContain(token);
    const kept = await page.evaluate(() =>
      JSON.stringify([
        location.href,
        history.length,
        document.referrer,
        document.title,
        document.documentElement.outerHTML,
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        document.cookie,
      ]),
    );
    expect(kept).not.toContain(token);
    // For a reload; no other tab can read it, and it is forgotten when the session ends.
    expect(JSON.stringify(await page.evaluate(() => history.state as unknown))).toContain(token);
    expect(printed.join("\n")).not.toContain(token);
  });
}

test("a link that leads elsewhere is refused, and nothing is requested from that host", async ({
  console,
  page,
  gateway,
  server,
}) => {
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  page.on("websocket", (socket) => requested.push(socket.url()));
  for (const query of [
    "host=evil.example",
    "path=//evil.example/x",
    "path=/%5Cevil.example/x",
    "path=%5C%5Cevil.example/x",
    "path=wss://evil.example/x",
    "path=%09//evil.example/x",
    "renew=javascript:alert(1)",
    "renew=data:text/html,x",
    "renew=//evil.example/x",
    "renew=/%5Cevil.example/x",
    "renew=https://evil.example/x",
  ]) {
    await test.step(query, async () => {
      await page.goto("about:blank");
      await page.goto(`/vnc.html?${query}#token=${token}`);
      await console.waitFor("refused");
      const elsewhere = requested.filter((url) => !url.startsWith(server.origin) && url !== "about:blank");
      expect(elsewhere).toEqual([]);
      expect(gateway.sessions).toHaveLength(0);
    });
  }
});

for (const prefix of ["/console", "/cloud/consoles"]) {
  test.describe(`behind a reverse proxy, at ${prefix}`, () => {
    test.use({ pageOptions: { prefix } });

    for (const path of ["/", "/console/", "/vnc.html"]) {
      test(`${path} connects below the prefix`, async ({ console, gateway, vnc }) => {
        gateway.follow({ target: vnc });
        await console.openLink("?type=vnc", `${prefix}${path}`);
        await console.waitFor("connected");
        expect(gateway.sessions[0]?.path).toBe(`${prefix}/websockify`);
      });
    }
  });
}

test.describe("leaving", () => {
  for (const [query, guarded] of [
    ["", true],
    ["&view_only=1", false],
  ] as const) {
    test(`is ${guarded ? "asked about" : "not asked about"} with ${query === "" ? "a console in use" : "a look only"}, and never after the end`, async ({
      console,
      page,
      gateway,
      vnc,
    }) => {
      gateway.follow({ target: vnc });
      const opened = gateway.nextSession();
      await console.openConnected("vnc", query);
      const asks = (): Promise<boolean> =>
        page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
      expect(await asks()).toBe(guarded);
      (await opened).end("session_expired");
      await console.waitFor("ended");
      expect(await asks()).toBe(false);
    });
  }
});

test.describe("only the viewer that a link needs is loaded", () => {
  for (const type of CONSOLE_TYPES) {
    test(type, async ({ console, page, gateway, vnc, serial }) => {
      const scripts: Promise<string>[] = [];
      page.on("response", (response) => {
        if (response.request().resourceType() === "script") scripts.push(response.text());
      });
      gateway.follow({ target: { vnc, serial }[type].address });
      await console.openConnected(type);
      const code = (await Promise.all(scripts)).join("\n");
      const loaded = CONSOLE_TYPES.filter((other) => code.includes(CONSOLE_TYPE_TRAITS[other].inViewerCode));
      expect(loaded).toEqual([type]);
    });
  }
});

test("the page begins with less than 60 kB, and says how soon it painted", async ({ console, page, gateway, vnc }) => {
  const html = readFileSync(new URL("index.html", built), "utf8");
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? "");
  expect(files.length).toBeGreaterThan(1);
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, built))).length, 0);
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  const painted = await page.evaluate(() => {
    const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const paint = performance.getEntriesByName("first-paint")[0];
    return (paint?.startTime ?? Number.NaN) - (document?.responseEnd ?? 0);
  });
  const numbers = `${size} bytes, first paint ${Math.round(painted)} ms after the response`;
  test.info().annotations.push({ type: "measured", description: numbers });
  process.stdout.write(`console page: ${numbers}\n`);
  expect(size).toBeLessThan(entryLimit);
});
