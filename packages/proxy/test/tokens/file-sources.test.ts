import { once } from "node:events";
import { appendFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DirectoryTokenSource } from "../../src/tokens/files/directory-source.ts";
import { FileTokenSource } from "../../src/tokens/files/file-source.ts";
import { parseTokenLines } from "../../src/tokens/files/token-lines.ts";
import { FixedTokenSource } from "../../src/tokens/fixed-source.ts";
import { NO_TOKEN } from "../../src/tokens/no-token.ts";
import { UnixDirectoryTokenSource } from "../../src/tokens/files/unix-directory-source.ts";
import { readAtRest, WatchedFile } from "../../src/tokens/files/watched-file.ts";
import type { Grant } from "../../src/tokens/grant.ts";
import type { TokenSource } from "../../src/tokens/source.ts";
import { TestFolder } from "../support/folder.ts";
import { describeTokenSource, lookupContext } from "./contract-suite.ts";

const TOKEN = "open-sesame";

/** What a file can say of a console. */
function grantTo(endpoint: Grant["endpoint"], type: Grant["type"] = "vnc"): Omit<Grant, "tokenId"> {
  const nothing = { instance: undefined, name: undefined, user: undefined, expiresAt: undefined };
  return { type, endpoint, access: "control", ...nothing };
}

const CONSOLE = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;

async function find(source: TokenSource, token: string): Promise<Grant | undefined> {
  return await source.resolve(token, lookupContext());
}

/** Moves a file or folder away, as an unmounted disk does, and back. */
function movable(path: string): { stop: () => Promise<void>; restart: () => Promise<void> } {
  return {
    stop: async () => await rename(path, `${path}.away`),
    restart: async () => await rename(`${path}.away`, path),
  };
}

describeTokenSource("a file source", async () => {
  const folder = await TestFolder.create();
  const path = folder.join("tokens");
  await writeFile(path, `# consoles\n${TOKEN}: 10.0.0.5:5901\n`);
  return {
    source: new FileTokenSource({ path, console_type: "serial" }),
    known: { token: TOKEN, grant: grantTo(CONSOLE, "serial") },
    ...movable(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeTokenSource("a directory source of lines", async () => {
  const folder = await TestFolder.create();
  const path = folder.join("consoles");
  await mkdir(join(path, "below"), { recursive: true });
  await writeFile(join(path, "one"), "other: 10.0.0.4:5900\n");
  await writeFile(join(path, "two"), `${TOKEN}: 10.0.0.5:5901`);
  return {
    source: new DirectoryTokenSource({ path, format: "lines", console_type: "vnc" }),
    known: { token: TOKEN, grant: grantTo(CONSOLE) },
    ...movable(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeTokenSource("a directory source of names", async () => {
  const folder = await TestFolder.create();
  const path = folder.join("consoles");
  await mkdir(path);
  await writeFile(join(path, TOKEN), "10.0.0.5:5901\n");
  return {
    source: new DirectoryTokenSource({ path, format: "names", console_type: "vnc" }),
    known: { token: TOKEN, grant: grantTo(CONSOLE) },
    ...movable(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeTokenSource("a fixed source", async () => ({
  source: new FixedTokenSource({ endpoint: "10.0.0.5:5901", console_type: "vnc" }),
  known: { token: NO_TOKEN, grant: grantTo(CONSOLE) },
  [Symbol.asyncDispose]: async () => {},
}));

describeTokenSource("a unix_directory source", async () => {
  const folder = await TestFolder.create();
  const path = folder.join("sockets");
  await mkdir(path);
  const server = createServer().listen(join(path, TOKEN));
  await once(server, "listening");
  return {
    source: new UnixDirectoryTokenSource({ path, console_type: "vnc" }),
    known: {
      token: TOKEN,
      grant: grantTo({
        type: "unix",
        path: join(path, TOKEN),
        displayPath: join(path, "(token 1-zfJerz3roPJih3Hb3SLU)"),
      }),
    },
    ...movable(path),
    async [Symbol.asyncDispose]() {
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
});

describe("lines of tokens", () => {
  test.each<[line: string, token: string, endpoint: Grant["endpoint"] | undefined]>([
    ["a: 10.0.0.5:5901", "a", CONSOLE],
    ["a:\t10.0.0.5:5901\r", "a", CONSOLE],
    ["a:b: 10.0.0.5:5901", "a:b", CONSOLE],
    ["a b: 10.0.0.5:5901  ", "a b", CONSOLE],
    ["a: [fd00::5]:5901", "a", { type: "tcp", host: "fd00::5", port: 5901 }],
    ["a: fd00::5:5901", "a", { type: "tcp", host: "fd00::5", port: 5901 }],
    ["a: host.example:1", "a", { type: "tcp", host: "host.example", port: 1 }],
    ["a: unix:/run/a.sock", "a", { type: "unix", path: "/run/a.sock" }],
    ["a: tls://10.0.0.5:5901", "a", { type: "tls", host: "10.0.0.5", port: 5901 }],
    ["#a: 10.0.0.5:5901", "#a", undefined],
    ["", "", undefined],
  ])("%j", async (line, token, endpoint) => {
    const { targets, problems } = await parseTokenLines(line);
    expect(targets.get(token)).toEqual(endpoint);
    expect(problems).toEqual([]);
  });

  test.each([
    "secret:10.0.0.5:5901",
    "secret",
    ": 10.0.0.5:5901",
    "secret: 10.0.0.5",
    "secret: 10.0.0.5:0",
    "secret: 10.0.0.5:65536",
    "secret: secret: 10.0.0.5:5901",
    "secret: 10.0.0.5:5901 secret",
    "secret: \u001b[2J:5901",
  ])("the broken line %j is named by its number, and skipped", async (line) => {
    const { targets, problems } = await parseTokenLines(`good: 10.0.0.5:5901\n${line}\nlast: 10.0.0.5:5902`);
    expect([...targets.keys()]).toEqual(["good", "last"]);
    expect(problems).toEqual([expect.stringMatching(/^line 2: expected /)]);
    expect(problems.join("\n")).not.toContain("secret");
  });

  test("of a long file are read in slices, so that sessions do not wait for it", async () => {
    const parsed = parseTokenLines("token: 10.0.0.5:5901\n".repeat(50_000)).then(() => "parsed");
    let turns = 0;
    const turn = async (): Promise<"turn"> => await new Promise((resolve) => setImmediate(() => resolve("turn")));
    while ((await Promise.race([parsed, turn()])) === "turn") turns += 1;
    expect(turns).toBeGreaterThan(3);
  });

  test("of many broken lines ten are named, and the others counted", async () => {
    const { problems } = await parseTokenLines("broken\n".repeat(1000));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe("990 more lines cannot be read");
  });
});

describe("a token file", () => {
  test("is read again when it was replaced, written in place, or is another one behind its link", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens");
    await writeFile(folder.join("first"), "a: 10.0.0.5:5901\n");
    await symlink("first", path);
    const source = new FileTokenSource({ path, console_type: "vnc" });
    expect(await find(source, "a")).toBeDefined();

    await writeFile(folder.join("first"), "b: 10.0.0.5:5901\n");
    expect([await find(source, "a"), await find(source, "b")]).toMatchObject([undefined, { endpoint: CONSOLE }]);

    await writeFile(folder.join("second"), "c: 10.0.0.5:5901\n");
    await symlink("second", folder.join("next"));
    await rename(folder.join("next"), path);
    expect([await find(source, "b"), await find(source, "c")]).toMatchObject([undefined, { endpoint: CONSOLE }]);
  });

  test("that is replaced all the time always gives one of its versions", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens");
    const versions = [1, 2].map((number) => `${"x: 10.0.0.4:1\n".repeat(5000)}a: 10.0.0.5:${number}\n`);
    await writeFile(path, versions[0] ?? "");
    const source = new FileTokenSource({ path, console_type: "vnc" });
    for (let round = 0; round < 50; round += 1) {
      const replace = async (): Promise<void> => {
        await writeFile(folder.join("next"), versions[round % 2] ?? "");
        await rename(folder.join("next"), path);
      };
      const [, found] = await Promise.all([replace(), find(source, "a")]);
      expect(found?.endpoint).toMatchObject({ host: "10.0.0.5" });
    }
  });

  test("names its broken lines once for each version", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens");
    const problems: string[] = [];
    const source = new FileTokenSource({ path, console_type: "vnc" });
    source.onProblem((problem) => problems.push(problem));
    await writeFile(path, "a: 10.0.0.5:5901\nbroken\n");
    expect(await find(source, "a")).toBeDefined();
    await find(source, "a");
    expect(problems).toEqual([`${path}: line 2: expected \`token: host:port\``]);
    await writeFile(path, "broken\n\n");
    await find(source, "a");
    expect(problems).toHaveLength(2);
  });

  test.each<[string, (path: string) => Promise<void>]>([
    ["is a folder", async (path) => await mkdir(path)],
    ["is too long", async (path) => await writeFile(path, "#".repeat(16 * 1024 * 1024 + 1))],
  ])("that %s makes every lookup fail, with its path", async (_what, make) => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens");
    await make(path);
    const source = new FileTokenSource({ path, console_type: "vnc" });
    await expect(find(source, "a")).rejects.toThrow(`${path} cannot be read: expected`);
    await expect(source.health()).rejects.toThrow(path);
  });

  test("whose new version cannot be used is not replaced by the old one", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("number");
    await writeFile(path, "1");
    const file = new WatchedFile({
      path,
      maxBytes: 10,
      parse: (text) => {
        if (Number.isNaN(Number(text))) throw new Error("expected a number");
        return Number(text);
      },
    });
    expect(await file.current()).toBe(1);
    await writeFile(path, "none");
    await expect(file.current()).rejects.toThrow("expected a number");
    await expect(file.current()).rejects.toThrow("expected a number");
    await writeFile(path, "22");
    expect(await file.current()).toBe(22);
  });

  test("that a program writes to is not used half-written, and given up in the end", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens");
    await writeFile(path, "a".repeat(8 * 1024 * 1024));
    const state = { writing: true };
    // Its size changes each time; its times do only with the tick of the system's clock.
    const write = async (): Promise<void> => {
      while (state.writing) await appendFile(path, "a");
    };
    const writing = Promise.all([write(), write()]);
    await expect(readAtRest(path, 16 * 1024 * 1024)).rejects.toThrow("not written all the time");
    state.writing = false;
    await writing;
  });
});

describe("a directory", () => {
  test("of lines takes files that come and go, and of two with one token the last by name", async () => {
    await using folder = await TestFolder.create();
    const source = new DirectoryTokenSource({ path: folder.path, format: "lines", console_type: "vnc" });
    expect(await find(source, "a")).toBeUndefined();
    await writeFile(folder.join("1"), "a: 10.0.0.5:1\n");
    expect(await find(source, "a")).toMatchObject({ endpoint: { port: 1 } });
    await writeFile(folder.join("2"), "a: 10.0.0.5:2\n");
    expect(await find(source, "a")).toMatchObject({ endpoint: { port: 2 } });
    await rm(folder.join("2"));
    expect(await find(source, "a")).toMatchObject({ endpoint: { port: 1 } });
  });

  test("of more than a thousand files with lines is refused", async () => {
    await using folder = await TestFolder.create();
    const source = new DirectoryTokenSource({ path: folder.path, format: "lines", console_type: "vnc" });
    await Promise.all(Array.from({ length: 1001 }, async (_, index) => await writeFile(folder.join(`f${index}`), "")));
    await expect(find(source, "a")).rejects.toThrow("expected at most 1000 files");
  });

  test.each([
    ["a hidden file", ".hidden", "10.0.0.5:5901"],
    ["a folder", "folder", undefined],
    ["a name that leads out", "../outside", "10.0.0.5:5901"],
    ["a name below", "folder/inside", "10.0.0.5:5901"],
  ])("of names has no token for %s", async (_what, name, text) => {
    await using folder = await TestFolder.create();
    await mkdir(folder.join("consoles/folder"), { recursive: true });
    const path = folder.join("consoles");
    if (text !== undefined) await writeFile(join(path, name), text);
    const source = new DirectoryTokenSource({ path, format: "names", console_type: "vnc" });
    expect(await find(source, name)).toBeUndefined();
  });

  test("of names refuses a file without an address, and does not name it", async () => {
    await using folder = await TestFolder.create();
    await writeFile(folder.join("secret"), "nowhere");
    await writeFile(folder.join("secret-2"), "#".repeat(5000));
    const source = new DirectoryTokenSource({ path: folder.path, format: "names", console_type: "vnc" });
    for (const name of ["secret", "secret-2"]) {
      const error = await find(source, name).catch(String);
      expect(error).toMatch(/^Error: /);
      expect(error).not.toContain("secret");
    }
  });
});

describe("a folder of sockets has no token for", () => {
  test.each<[string, string]>([
    ["a socket beside it", "../outside.sock"],
    ["a socket below it", "below/inside.sock"],
    ["a link to a socket outside", "link.sock"],
    ["a link to the folder", "loop"],
    ["a hidden socket", ".hidden.sock"],
    ["a file", "file"],
    ["the folder itself", "."],
    ["its parent", ".."],
    ["a name with NUL", "good.sock\0.txt"],
    ["an absolute path", "/absolute"],
    ["no name", ""],
  ])("%s", async (_what, token) => {
    await using folder = await TestFolder.create();
    const path = folder.join("sockets");
    await mkdir(join(path, "below"), { recursive: true });
    const sockets = ["../outside.sock", "below/inside.sock", ".hidden.sock", "good.sock"];
    const servers = sockets.map((name) => createServer().listen(join(path, name)));
    await Promise.all(servers.map(async (server) => await once(server, "listening")));
    await symlink("../outside.sock", join(path, "link.sock"));
    await symlink(".", join(path, "loop"));
    await writeFile(join(path, "file"), "");
    const source = new UnixDirectoryTokenSource({ path, console_type: "vnc" });
    expect(await find(source, "good.sock")).toMatchObject({ endpoint: { path: join(path, "good.sock") } });
    expect(await find(source, token)).toBeUndefined();
    for (const server of servers) server.close();
  });
});
