import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the store is loaded without a word, and other warnings are still printed", async () => {
  const url = JSON.stringify(new URL("sqlite.ts", import.meta.url).href);
  const code = `await import(${url}); await new Promise(setImmediate); process.emitWarning("other");`;
  const args = ["--conditions=@curfew/source", "--input-type=module", "--eval", code];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env: {} });
  expect(stderr.match(/\w*Warning: .*/g)).toEqual(["Warning: other"]);
});
