import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../../../packages/proxy/test/support/client.ts";
import { startByteServer } from "../../../packages/testing/src/index.ts";
import { packTarballs } from "./pack.ts";

const run = promisify(execFile);

let folder: string;
/** What a user without anything else on the machine has. */
let env: Readonly<Record<string, string>>;
let version: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-global-"));
  const home = join(folder, "home");
  await mkdir(home);
  const tarballs = await packTarballs(folder);
  const needed = tarballs.filter(({ manifest }) => ["@curfew/proxy", "@curfew/protocol"].includes(manifest.name));
  version = needed[0]?.manifest.version ?? "";
  const prefix = join(folder, "prefix");
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const files = needed.map(({ file }) => file);
  // Not in the repository, whose settings npm would read. Node's options would select its sources.
  await run("npm", ["install", "--global", "--prefix", prefix, ...quiet, ...files], {
    cwd: home,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  env = { HOME: home, PATH: [join(prefix, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) };
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("the gateway that npm installs from the tarballs runs without the repository", async () => {
  const options = { cwd: env["HOME"], env };
  expect((await run("curfew", ["--version"], options)).stdout).toBe(`${version}\n`);
  await using target = await startByteServer({ mode: "echo" });
  const listen = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
  const gateway = spawn("curfew", ["serve", ...listen, "--workers", "2", "--serial", target.address], options);
  const exited = once(gateway, "exit");
  try {
    let url = new URL("http://unknown.invalid");
    for await (const line of createInterface({ input: gateway.stdout })) {
      const [, printed] = /^console of \S+: (\S+)$/u.exec(line) ?? [];
      if (printed === undefined) continue;
      url = new URL(printed);
      break;
    }
    const page = await fetch(url);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const [, script = ""] = /<script[^>]* src="([^"]+)"/u.exec(await page.text()) ?? [];
    expect((await fetch(new URL(script, url))).status).toBe(200);
    using client = new Client(url.host, url.hash.replace("#token=", ""));
    await client.message("hello");
    client.socket.send(Buffer.from("typed"));
    await client.bytes(5);
    expect(Buffer.concat(client.head).toString()).toBe("typed");
    gateway.kill("SIGINT");
    gateway.kill("SIGINT");
    expect(await exited).toEqual([0, null]);
  } finally {
    gateway.kill("SIGKILL");
  }
});
