import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AllowList } from "./allow-list.ts";

describe("what an entry allows", () => {
  test.each([
    ["10.0.0.0/8", "10.200.3.4", 5900, true],
    ["10.0.0.0/8", "11.0.0.1", 5900, false],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5900, true],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5999, true],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 6000, false],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5899, false],
    ["192.0.2.7:5901", "192.0.2.7", 5901, true],
    ["192.0.2.7:5901", "192.0.2.7", 5902, false],
    ["192.0.2.7", "192.0.2.7", 1, true],
    ["192.0.2.7", "192.0.2.8", 1, false],
    ["0.0.0.0/0", "203.0.113.9", 1, true],
    ["0.0.0.0/0", "2001:db8::1", 1, false],
    ["::1", "::1", 5900, true],
    ["::1", "::2", 5900, false],
    ["0:0:0:0:0:0:0:1", "::1", 1, true],
    ["fd00::/8", "fd12:3456::1", 1, true],
    ["[fd00::/8]:5900-5999", "fd00::1", 5950, true],
    ["[fd00::/8]:5900-5999", "fd00::1", 80, false],
    ["127.0.0.0/8", "::ffff:127.0.0.1", 1, true],
    ["10.0.0.0/8", "::ffff:127.0.0.1", 1, false],
    ["::/0", "2001:db8::1", 1, true],
    ["::/0", "127.0.0.1", 1, false],
    ["::/0", "::ffff:127.0.0.1", 1, false],
    ["::/0", "::FFFF:7f00:1", 1, false],
    ["::/0", "0:0:0:0:0:ffff:10.0.0.1", 1, false],
    ["10.0.0.0/8", "::ffff:a00:1", 1, true],
    ["fe80::/10", "fe80::1%eth0", 1, true],
    ["::1", "::1%lo", 1, true],
    ["0.0.0.0/0", "localhost", 1, false],
    ["0.0.0.0/0", "", 1, false],
  ])("%s and %s port %d: %s", (entry, address, port, allowed) => {
    expect(new AllowList([entry]).allows(address, port)).toBe(allowed);
  });

  test("one matching entry of several is enough, and none allows nothing", () => {
    expect(new AllowList(["10.0.0.0/8", "192.0.2.0/24:22"]).allows("192.0.2.1", 22)).toBe(true);
    expect(new AllowList([]).allows("127.0.0.1", 22)).toBe(false);
  });
});

describe("a folder of sockets", () => {
  let root: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "curfew-allow-")));
    mkdirSync(join(root, "consoles/deep"), { recursive: true });
    mkdirSync(join(root, "consoles-of-others"));
    for (const path of ["consoles/a.sock", "consoles/deep/b.sock", "consoles-of-others/c.sock", "d.sock"]) {
      writeFileSync(join(root, path), "");
    }
    symlinkSync(join(root, "d.sock"), join(root, "consoles/out.sock"));
    symlinkSync("../consoles-of-others", join(root, "consoles/others"));
    symlinkSync("deep/b.sock", join(root, "consoles/in.sock"));
    symlinkSync("consoles", join(root, "link-to-consoles"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const find = async (path: string, folder = "consoles"): Promise<string | undefined> =>
    await new AllowList([`unix:${root}/${folder}/`]).socketPath(path);

  test.each([
    ["/a.sock", "consoles/a.sock"],
    ["/deep/b.sock", "consoles/deep/b.sock"],
    ["/deep/../a.sock", "consoles/a.sock"],
    ["//a.sock", "consoles/a.sock"],
    ["/in.sock", "consoles/deep/b.sock"],
  ])("allows %s in it, and says where that really is", async (path, real) => {
    expect(await find(`${root}/consoles${path}`)).toBe(join(root, real));
  });

  test.each([
    ["/consoles/../d.sock"],
    ["/consoles/deep/../../d.sock"],
    ["/consoles-of-others/c.sock"],
    ["/consoles/out.sock"],
    ["/consoles/others/c.sock"],
    ["/d.sock"],
    ["/none.sock"],
  ])("does not allow %s, which is not in it", async (path) => {
    expect(await find(root + path)).toBeUndefined();
  });

  test("does not allow a relative path", async () => {
    expect(await new AllowList([`unix:${root}/consoles/`]).socketPath("a.sock")).toBeUndefined();
  });

  test("may be a link itself", async () => {
    expect(await find(`${root}/link-to-consoles/a.sock`, "link-to-consoles")).toBe(join(root, "consoles/a.sock"));
    expect(await find(`${root}/link-to-consoles/out.sock`, "link-to-consoles")).toBeUndefined();
  });

  test("a path in it that does not exist is an error", async () => {
    await expect(find(`${root}/consoles/none.sock`)).rejects.toThrow("ENOENT");
  });

  test("allows no address, and a network allows no socket", async () => {
    expect(new AllowList([`unix:${root}/consoles/`]).allows("127.0.0.1", 5900)).toBe(false);
    expect(await new AllowList(["0.0.0.0/0"]).socketPath(`${root}/consoles/a.sock`)).toBeUndefined();
  });
});

test.each([
  "10.0.0.0/8/9",
  "10.0.0.0/8/",
  "10.0.0.0/",
  "::/0/0",
  "::ffff:10.0.0.0/104",
  "[::ffff:10.0.0.1]:5900",
  "fe80::1%eth0",
  "10.0.0.1:0",
  "unix:",
  "unix:/",
  "unix:consoles/",
  "unix:/run/consoles",
  "unix:/run/../etc/",
  "unix:/run//consoles/",
  "",
  "example.org",
  "10.0.0.0/33",
  "10.0.0/8",
  "10.0.0.0/8:",
  "10.0.0.1:5999-5900",
  "10.0.0.1:70000",
  "[::1",
  "::1/129",
  "10.0.0.1/x",
  "*",
])("%j is refused, and named", (entry) => {
  expect(() => new AllowList([entry])).toThrow(`but got ${JSON.stringify(entry)}`);
});
