import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { TestGateway } from "./support/gateway.ts";

const folder = fileURLToPath(new URL("../page/", import.meta.url));
const probe = "probe-of-the-page-tests.css";

beforeAll(() => mkdirSync(`${folder}assets`, { recursive: true }));

describe("files of the page", () => {
  test("are served with a type and a digest, for ever where their name is one, and again only when they changed", async () => {
    writeFileSync(`${folder}assets/${probe}`, "a {}");
    await using gateway = await TestGateway.start();
    // An upgrade of the package removes them while the gateway runs.
    rmSync(`${folder}assets/${probe}`);
    const first = await fetch(`${gateway.url}/assets/${probe}`);
    expect(first.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(first.headers.get("cache-control")).toContain("immutable");
    expect(await first.text()).toBe("a {}");
    const tag = first.headers.get("etag") ?? "";
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const again = await fetch(`${gateway.url}/console/assets/${probe}`, { headers: { "If-None-Match": known } });
      expect(again.status, known).toBe(304);
    }
    // One that is gone at the start is gone.
    await using next = await TestGateway.start();
    expect((await fetch(`${next.url}/assets/${probe}`)).status).toBe(404);
    expect((await fetch(`${next.url}/healthz`)).status).toBe(200);
  });

  test("are compressed for clients that accept gzip, with the same content", async () => {
    const text = "a { color: red }\n".repeat(200);
    writeFileSync(`${folder}assets/zip-${probe}`, text);
    await using gateway = await TestGateway.start();
    try {
      const ask = (headers: Record<string, string>): Promise<Response> =>
        fetch(`${gateway.url}/assets/zip-${probe}`, { headers });
      const plain = await ask({ "Accept-Encoding": "identity" });
      const zipped = await ask({ "Accept-Encoding": "br, gzip" });
      expect(plain.headers.get("content-encoding")).toBeNull();
      expect(Number(plain.headers.get("content-length"))).toBe(text.length);
      expect(zipped.headers.get("content-encoding")).toBe("gzip");
      expect(Number(zipped.headers.get("content-length"))).toBeLessThan(text.length / 10);
      for (const answer of [plain, zipped]) {
        expect(answer.headers.get("vary")).toBe("Accept-Encoding");
        expect(await answer.text()).toBe(text);
      }
      const tag = zipped.headers.get("etag") ?? "";
      expect(tag).not.toBe(plain.headers.get("etag"));
      expect((await ask({ "Accept-Encoding": "gzip", "If-None-Match": tag })).status).toBe(304);
      expect((await ask({ "Accept-Encoding": "identity", "If-None-Match": tag })).status).toBe(200);
    } finally {
      rmSync(`${folder}assets/zip-${probe}`);
    }
  });

  test("are sent whole whatever range is asked for", async () => {
    writeFileSync(`${folder}assets/range-${probe}`, "0123456789");
    await using gateway = await TestGateway.start();
    try {
      for (const range of ["bytes=5-2", "bytes=2-5", "bytes=99-", "nonsense"]) {
        const answer = await fetch(`${gateway.url}/assets/range-${probe}`, { headers: { Range: range } });
        expect([answer.status, await answer.text()]).toEqual([200, "0123456789"]);
      }
    } finally {
      rmSync(`${folder}assets/range-${probe}`);
    }
  });

  test.each([
    "/assets/../package.json",
    "/..%2fpackage.json",
    "/assets/..%2findex.html",
    "//example.com/x.js",
    "/assets/",
  ])("%s is none", async (path) => {
    await using gateway = await TestGateway.start();
    expect((await fetch(gateway.url + path, { redirect: "manual" })).status).toBe(404);
  });
});

test("an upgrade to another protocol is an ordinary request", async () => {
  await using gateway = await TestGateway.start();
  const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__" };
  const [answer] = (await once(get(`${gateway.url}/healthz`, { headers }), "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  answer.resume();
});

describe("other policy that may open consoles", () => {
  test("stand in the policy in a form that a header can carry", async () => {
    await using gateway = await TestGateway.start({
      config: { console: { allowed_origins: ["控制台.example:8443", "https://dash.example"] } },
    });
    const answer = await fetch(`${gateway.url}/assets/none.css`);
    expect(answer.status).toBe(404);
    if (!existsSync(`${folder}index.html`)) return;
    const page = await fetch(`${gateway.url}/`);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("frame-ancestors 'self' xn--xcrx5b1z3a.example:8443 https://dash.example");
    expect(await page.text()).toContain('content="xn--xcrx5b1z3a.example:8443 https://dash.example"');
  });
});

test("the page has its own path, from which its script finds the prefix of a reverse proxy", async () => {
  if (!existsSync(`${folder}index.html`)) return;
  await using gateway = await TestGateway.start();
  for (const path of ["/", "/console/", "/vnc_lite.html"]) {
    const page = await (await fetch(`${gateway.url}${path}?token=x`)).text();
    expect(page).toContain(`name="curfew-page-path" content="${path}"`);
  }
});

test("the paths where links may renew stand in the page", async () => {
  if (!existsSync(`${folder}index.html`)) return;
  for (const [renew_paths, listed] of [
    [undefined, ""],
    [["/api/consoles/", "/r&d"], "/api/consoles/ /r&amp;d"],
    [["/"], "/"],
  ] as const) {
    await using gateway = await TestGateway.start({
      config: { console: renew_paths === undefined ? {} : { renew_paths } },
    });
    expect(await (await fetch(`${gateway.url}/`)).text()).toContain(`name="curfew-renew-paths" content="${listed}"`);
  }
});

test("what may go through the clipboard stands in the page", async () => {
  if (!existsSync(`${folder}index.html`)) return;
  for (const [console, written] of [
    [{}, "both"],
    [{ clipboard: "to-machine", clipboard_max_bytes: 4096 }, "to-machine 4096"],
  ] as const) {
    await using gateway = await TestGateway.start({ config: { console } });
    expect(await (await fetch(`${gateway.url}/`)).text()).toContain(`name="curfew-clipboard" content="${written}"`);
  }
});

describe("policy that may show the page in a frame", () => {
  test.each([
    [null, "https://open.example"],
    [["dash.example"], "dash.example"],
    [[], ""],
  ])("are %j beside https://open.example: %s", async (frame_ancestors, listed) => {
    await using gateway = await TestGateway.start({
      config: { console: { allowed_origins: ["https://open.example"], frame_ancestors } },
    });
    const policy = (await fetch(`${gateway.url}/assets/none.css`)).headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(new RegExp(`frame-ancestors 'self'${listed === "" ? "" : ` ${listed}`}$`));
    expect(policy).toContain("connect-src 'self' https://open.example;");
  });
});

test("each answer for the page confines it, and none says which page asked for it", async () => {
  await using gateway = await TestGateway.start();
  for (const path of ["/", "/vnc.html", "/assets/none.css"]) {
    const { headers } = await fetch(gateway.url + path);
    if (path !== "/assets/none.css" && !existsSync(`${folder}index.html`)) continue;
    expect(headers.get("content-security-policy"), path).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=(), clipboard-read=(self), clipboard-write=(self)");
    expect(headers.get("cache-control")).toBe("no-store");
    // Over plain HTTP browsers do not look at it.
    expect(headers.get("strict-transport-security")).toBeNull();
  }
});

test("a site that opened the page can see its window only where the operator allows it", async () => {
  await using gateway = await TestGateway.start({ config: { console: { opener_policy: "unsafe-none" } } });
  const { headers } = await fetch(`${gateway.url}/assets/none.css`);
  expect(headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
});

test("each file of the built page is one that the gateway serves", async () => {
  await using gateway = await TestGateway.start();
  for (const name of readdirSync(`${folder}assets`)) {
    expect((await fetch(`${gateway.url}/assets/${name}`)).status, name).toBe(200);
  }
});
