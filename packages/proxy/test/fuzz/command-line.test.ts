import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Command } from "../support/command.ts";

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** These are programs of the repository, which has its own Node, and not of a package. */
const isOldNode = Number.parseInt(process.versions.node, 10) < 24;

test.skipIf(isOldNode).concurrent.each([
  ["cli.ts", ["--help"], 0, /^usage: npx pnpm@12 fuzz .*\nnames: .*websocket-frames/, /^$/],
  ["cli.ts", ["--second", "1"], 2, /^$/, /^Unknown option '--second'.*\nusage: .*\nnames: .*\n$/],
  ["cli.ts", ["--only", "nothing"], 2, /^$/, /^--only: expected one of .* but got nothing\nusage: /],
  ["../hostile/cli.ts", ["--help"], 0, /^usage: npx pnpm@12 bench:hostile .*\nnames: .*ping-flood/, /^$/],
  ["../hostile/cli.ts", ["--seconds", "x"], 2, /^$/, /^--seconds: expected a number above 0, but got x\nusage: /],
])("%s %j: says how it is used, without a stack trace", async (path, args, code, out, error) => {
  await using command = new Command(args, {}, { program: program(path) });
  expect(await command.exited).toBe(code);
  expect(command.stdout).toMatch(out);
  expect(command.stderr).toMatch(error);
});
