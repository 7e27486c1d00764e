import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { packNewc } from "../../src/real/newc.ts";

test("busybox's cpio lists what was packed, in order and with odd sizes", () => {
  const archive = packNewc([
    { name: "etc", mode: 0o040755 },
    { name: "etc/a", mode: 0o100644, content: Buffer.from("1") },
    { name: "etc/abcd", mode: 0o100600, content: Buffer.from("12345") },
    { name: "dev-console", mode: 0o020600, device: [5, 1] },
  ]);
  const listing = spawnSync("busybox", ["cpio", "-itv"], { input: archive, encoding: "utf8" });
  const rows = listing.stdout.trim().split("\n");
  expect(rows.map((row) => row.split(/\s+/u)[0])).toEqual(["drwxr-xr-x", "-rw-r--r--", "-rw-------", "crw-------"]);
  expect(rows.map((row) => row.split(/\s+/u).at(-1))).toEqual(["etc", "etc/a", "etc/abcd", "dev-console"]);
});
