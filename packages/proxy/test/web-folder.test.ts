import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestGateway } from "./support/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "curfew-web-"));
const web = join(folder, "novnc");
let gateway: TestGateway;

beforeAll(async () => {
  mkdirSync(join(web, "core"), { recursive: true });
  mkdirSync(join(web, "empty"));
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(web, ".hidden"), "hidden");
  writeFileSync(join(web, "vnc_lite.html"), "<!doctype html>");
  writeFileSync(join(web, "core", "rfb.js"), "0123456789");
  writeFileSync(join(web, "core", "index.html"), "index");
  symlinkSync(join(web, "vnc_lite.html"), join(web, "vnc_auto.html"));
  gateway = await TestGateway.start({ config: { web } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A request whose path is sent as it is. */
async function ask(path: string, method = "GET", headers: Record<string, string> = {}): Promise<Answer> {
  const sent = request({
    host: "127.0.0.1",
    port: new URL(gateway.url).port,
    path,
    method,
    headers,
    agent: false,
  }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe("the operator's own folder", () => {
  test("is served in place of the page, with types", async () => {
    const page = await ask("/vnc_lite.html?path=%3Ftoken%3Dx");
    expect(page).toMatchObject({ status: 200, body: "<!doctype html>" });
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["content-security-policy"]).toBeUndefined();
    expect((await ask("/core/rfb.js")).headers["content-type"]).toMatch(/^text\/javascript/);
    expect((await ask("/vnc_auto.html")).status).toBe(200);
    expect((await ask("/console/")).status).toBe(404);
  });

  test("answers HEAD, ranges and conditional requests", async () => {
    const head = await ask("/core/rfb.js", "HEAD");
    expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "10", ""]);
    const part = await ask("/core/rfb.js", "GET", { Range: "bytes=2-4" });
    expect([part.status, part.headers["content-range"], part.body]).toEqual([206, "bytes 2-4/10", "234"]);
    const beyond = await ask("/core/rfb.js", "GET", { Range: "bytes=20-" });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */10"]);
    const known = await ask("/core/rfb.js", "GET", { "If-None-Match": head.headers.etag ?? "" });
    expect([known.status, known.body]).toEqual([304, ""]);
    expect((await ask("/core/rfb.js", "GET", { "If-Match": '"other"' })).status).toBe(412);
  });

  test("shows the index of a folder below it, after a redirect that keeps the query, and lists nothing", async () => {
    const redirect = await ask("/core?a=1");
    expect([redirect.status, redirect.headers.location]).toEqual([301, "./core/?a=1"]);
    expect(await ask("/core/")).toMatchObject({ status: 200, body: "index" });
    expect((await ask("/empty/")).status).toBe(404);
    expect((await ask("/")).status).toBe(404);
  });

  test.each([
    "/../secret.txt",
    "/core/../../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%5csecret.txt",
    "/.hidden",
    "/secret.txt",
    "/%00",
    "/vnc_lite.html/",
  ])("%s is nowhere", async (path) => {
    const { status, body } = await ask(path);
    expect(body).not.toMatch(/secret|hidden/);
    expect([400, 404]).toContain(status);
  });

  test("redirects to no other host", async () => {
    expect(await ask("//example.com/%2F..")).toMatchObject({ status: 400, body: "URI must not start with //" });
    expect((await ask("///example.com/%2F..")).status).toBe(400);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("does not answer %s", async (method) => {
    expect((await ask("/vnc_lite.html", method)).status).toBe(405);
  });

  test("does not hide what checks of the gateway ask for", async () => {
    expect(await ask("/healthz")).toMatchObject({ status: 200, body: "ok" });
  });

  test("must be there at the start", async () => {
    await expect(TestGateway.start({ config: { web: join(folder, "none") } })).rejects.toThrow(
      `web: ${join(folder, "none")} cannot be read: ENOENT`,
    );
  });
});

test("without a folder and without the page, every request for one is answered with 405", async () => {
  await using bare = await TestGateway.start({ config: { console: { page: false } } });
  const answers = await Promise.all(["/", "/serial.html", "/x"].map(async (path) => fetch(bare.url + path)));
  expect(answers.map(({ status }) => status)).toEqual([405, 405, 405]);
  expect((await fetch(`${bare.url}/healthz`)).status).toBe(200);
});

test("where the start page is that of serial consoles, / leads there with the token", async () => {
  await using serial = await TestGateway.start({ config: { console: { start_page: "serial" } } });
  const answers = await Promise.all(
    ["/?token=t", "/", "/?type=vnc"].map(async (path) => fetch(serial.url + path, { redirect: "manual" })),
  );
  expect(answers.map(({ headers }) => headers.get("location"))).toEqual([
    "./serial.html?token=t",
    "./serial.html",
    null,
  ]);
});

test("where the start page is that of SPICE consoles, / leads to Nova's address for them", async () => {
  await using spice = await TestGateway.start({ config: { console: { start_page: "spice" } } });
  const { headers } = await fetch(`${spice.url}/?token=t`, { redirect: "manual" });
  expect(headers.get("location")).toBe("./spice_auto.html?token=t");
});

test("the addresses that health checks of Nova's proxies ask for lead to the page", async () => {
  await using own = await TestGateway.start();
  const built = (await fetch(`${own.url}/console/`)).status;
  for (const path of ["/vnc_lite.html", "/vnc_auto.html", "/vnc.html", "/spice_auto.html"]) {
    expect((await fetch(own.url + path)).status, path).toBe(built);
  }
});
