import { startByteServer } from "@curfew/testing";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Command } from "../support/command.ts";
import { TestFolder } from "../support/folder.ts";
import { findPython } from "../support/python.ts";
import { RawClient } from "../support/raw-client.ts";
import { Websockify } from "../support/websockify.ts";
import { readAnswer, type Scenario, SCENARIOS, type Target } from "./side-by-side-scenarios.ts";

const document = readFileSync(new URL("../../../../docs/websockify.md", import.meta.url), "utf8");
const PROGRAM = fileURLToPath(new URL("../../src/cli/curfew-websockify.ts", import.meta.url));
const CLIENTS = fileURLToPath(new URL("./python-clients.py", import.meta.url));

/** The rows of the table: what a client does, and what both answer. */
const rows = (document.split("## Side by side")[1] ?? "")
  .split("\n## ")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| a client") && !line.startsWith("| --"))
  .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")))
  .map(([, client = "", theirs = "", ours = ""]) => ({ client, theirs, ours }));

/** Both programs with the same arguments. */
interface Pair {
  readonly theirs: string;
  readonly ours: string;
}

const started = new AsyncDisposableStack();
const pairs = new Map<string, Promise<Pair>>();
let targets: Readonly<Record<Target, readonly string[]>>;
let web: string;

beforeAll(async () => {
  const folder = started.use(await TestFolder.create());
  const echo = started.use(await startByteServer({ mode: "echo" }));
  const ending = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(ending, "listening");
  started.defer(() => void ending.close());
  const unix = createServer((socket) => socket.pipe(socket)).listen(folder.join("echo.sock"));
  await once(unix, "listening");
  started.defer(() => void unix.close());
  const tokens = folder.join("tokens.cfg");
  await writeFile(tokens, `vm1: ${echo.address}\n`);
  web = folder.join("web");
  await mkdir(join(web, "folder"), { recursive: true });
  await writeFile(join(web, "page.html"), "page");
  targets = {
    echo: [echo.address],
    ends: [`127.0.0.1:${(ending.address() as AddressInfo).port}`],
    // Reserved; no program listens there.
    none: ["127.0.0.1:1"],
    unix: ["--unix-target", folder.join("echo.sock")],
    tokens: ["--token-plugin", "TokenFile", "--token-source", tokens],
  };
});
afterAll(() => started.disposeAsync());

/** The pair that a scenario needs; scenarios share them. */
async function pairFor({ args = [], target = "echo" }: Scenario): Promise<Pair> {
  const all = [...args.map((arg) => (arg === "{web}" ? web : arg)), ...targets[target]];
  const key = all.join(" ");
  const pair = pairs.get(key) ?? startPair(all);
  pairs.set(key, pair);
  return await pair;
}

async function startPair(args: readonly string[]): Promise<Pair> {
  const command = started.use(new Command(["127.0.0.1:0", ...args], {}, { program: PROGRAM }));
  const websockify = started.use(await Websockify.start(...args));
  const [, url = ""] = await command.printed(/listens at (http:\S+)/);
  return { theirs: websockify.host, ours: new URL(url).host };
}

async function answer(host: string, scenario: Scenario, expected: string): Promise<string> {
  using client = new RawClient(host);
  return await readAnswer(client, scenario, expected);
}

test("the document has a row for each scenario", () => {
  expect(rows?.map(({ client }) => client)).toEqual(Object.keys(SCENARIOS));
});

test.each(rows ?? [])("a client that $client", async ({ client, theirs, ours }) => {
  const scenario = SCENARIOS[client] ?? { request: "" };
  const pair = await pairFor(scenario);
  // Debian's first, then that of 0.13.
  expect(theirs.split(" or ")).toContain(await answer(pair.theirs, scenario, theirs));
  expect(await answer(pair.ours, scenario, ours)).toBe(ours);
});

test("websockify's own client and Python's websockets get the same from both", async () => {
  const { theirs, ours } = await pairFor({ request: "" });
  const run = promisify(execFile);
  const python = findPython("websockify, websockets");
  const told = await Promise.all([theirs, ours].map(async (host) => (await run(python, [CLIENTS, host])).stdout));
  expect(told[0]).toMatch(/^websockify (?:hello|cannot send) binary\nwebsockets hello binary 1000\n$/);
  expect(told[1]).toBe(told[0]);
});
