import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestCertificate } from "../../../packages/proxy/test/support/certificate.ts";
import { Client } from "../../../packages/proxy/test/support/client.ts";
import { startByteServer } from "../../../packages/testing/src/index.ts";
import { fetchNode, nodeFolder } from "../../setup/node.ts";
import { NODE_LANES } from "../../test-run/node-lanes.ts";
import { packTarballs } from "./pack.ts";

const run = promisify(execFile);

/** npm may have to fetch what the gateway depends on. */
const SLOW_MS = 180_000;

let folder: string;
let home: string;
/** Where npm has installed the commands. */
let programs: string;
let version: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-global-"));
  home = join(folder, "home");
  await mkdir(home);
  const tarballs = await packTarballs(folder);
  const needed = tarballs.filter(({ manifest }) => ["@curfew/proxy", "@curfew/protocol"].includes(manifest.name));
  version = needed[0]?.manifest.version ?? "";
  const prefix = join(folder, "prefix");
  programs = join(prefix, "bin");
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const files = needed.map(({ file }) => file);
  // Not in the repository, whose settings npm would read. Node's options would select its sources.
  const env = { ...process.env, NODE_OPTIONS: "" };
  await run("npm", ["install", "--global", "--prefix", prefix, ...quiet, ...files], { cwd: home, env });
}, SLOW_MS);
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** The URL of the console that the gateway prints at its start. */
async function consoleUrl(gateway: ChildProcessWithoutNullStreams): Promise<URL> {
  for await (const line of createInterface({ input: gateway.stdout })) {
    const [, printed] = /^console of \S+: (\S+)$/u.exec(line) ?? [];
    if (printed !== undefined) return new URL(printed);
  }
  throw new Error(`the gateway ended: ${await text(gateway.stderr)}`);
}

async function get(url: URL, ca: string): Promise<{ status: number | undefined; body: string }> {
  const [response] = (await once(request(url, { ca }).end(), "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

test.each([process.versions.node, ...NODE_LANES])(
  "with Node %s, the gateway that npm installs from the tarballs runs without the repository, over TLS and in two workers",
  async (node) => {
    const isOwn = node === process.versions.node;
    if (!isOwn) await fetchNode(node);
    // What a user without anything else on the machine has.
    const nodes = isOwn ? dirname(process.execPath) : nodeFolder(node);
    const options = { cwd: home, env: { HOME: home, PATH: [programs, nodes, "/usr/bin", "/bin"].join(delimiter) } };
    expect((await run("curfew", ["--version"], options)).stdout).toBe(`${version}\n`);
    using certificate = await TestCertificate.create();
    await using target = await startByteServer({ mode: "echo" });
    const env = { ...options.env, CURFEW_CERT: certificate.cert, CURFEW_KEY: certificate.key };
    const listen = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--workers", "2"];
    const gateway = spawn("curfew", ["serve", ...listen, "--serial", target.address], { ...options, env });
    const [exited, log] = [once(gateway, "exit"), text(gateway.stderr)];
    try {
      const url = await consoleUrl(gateway);
      const page = await get(url, certificate.pem);
      const [, script = ""] = /<script[^>]* src="([^"]+)"/u.exec(page.body) ?? [];
      expect([page.status, (await get(new URL(script, url), certificate.pem)).status]).toEqual([200, 200]);
      const connection = connect({ host: url.hostname, port: Number(url.port), ca: certificate.pem });
      using client = new Client(url.host, url.hash.replace("#token=", ""), { connection });
      await client.message("hello");
      client.socket.send(Buffer.from("typed"));
      await client.bytes(5);
      expect(Buffer.concat(client.head).toString()).toBe("typed");
      client.socket.close();
      await client.closed;
      gateway.kill("SIGINT");
      expect(await exited).toEqual([0, null]);
      const lines = (await log)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.find(({ msg }) => msg === "listening")).toMatchObject({ version, node });
    } finally {
      gateway.kill("SIGKILL");
    }
  },
);
