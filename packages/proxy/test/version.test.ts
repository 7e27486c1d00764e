import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BUILD, VERSION } from "../src/version.ts";
import { run } from "./support/command.ts";
import { TestGateway } from "./support/gateway.ts";

/** What the files of the repository have that tell a version. */
interface Versioned {
  readonly version: string;
  readonly info: { readonly version: string };
  readonly fixed: readonly (readonly string[])[];
}

function read(path: string): Versioned {
  return JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")) as Versioned;
}

test("every published package and the OpenAPI document have the gateway's version", () => {
  const { fixed } = read(".changeset/config.json");
  const packages = fixed.flat().map((name) => name.replace("@curfew/", "packages/"));
  expect(packages).toHaveLength(5);
  const versions = packages.map((path) => read(`${path}/package.json`).version);
  const { info } = read("docs/openapi.json");
  expect(new Set([...versions, info.version])).toEqual(new Set([VERSION]));
});

test("the first line of the log tells it, also of a start that fails, and before any warning", async () => {
  const args = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
  const limits = { CURFEW_SESSIONS_MAX: "5", CURFEW_SESSIONS_MAX_PER_CLIENT: "10" };
  const { stderr } = await run(args, { ...limits, CURFEW_RECORD: "/nonexistent/x", CURFEW_TOKENS_PATH: ":memory:" });
  // What the command itself prints may come before what is logged.
  const [first = "", second = ""] = stderr.split("\n").filter((line) => line.startsWith("{"));
  expect(JSON.parse(first)).toMatchObject({ level: "info", version: VERSION, msg: "starting" });
  expect(JSON.parse(second)).toMatchObject({ level: "warn", msg: expect.stringContaining("never applies") });
  expect(stderr).toContain("curfew: record: ");
});

test("the command, the log's line of the start and the metrics tell it", async () => {
  expect(await run(["--version"])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  await using gateway = await TestGateway.start();
  expect(gateway.logged("listening")).toMatchObject([{ version: VERSION, node: process.versions.node }]);
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain(`\ncurfew_build_info{version="${BUILD.version}",node="${BUILD.node}"} 1\n`);
});
