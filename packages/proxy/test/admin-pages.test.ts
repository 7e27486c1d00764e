import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminClient } from "../src/admin/client.ts";
import { Client } from "./support/client.ts";
import { run } from "./support/command.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
});
afterAll(() => target.close());

/** The ids of all pages of this length. */
async function pages(
  read: (after: string | undefined) => Promise<{ ids: readonly string[]; next: string | undefined }>,
): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  let after: string | undefined;
  do {
    const { ids, next } = await read(after);
    all.push(ids);
    after = next;
  } while (after !== undefined);
  return all;
}

const sessionPages = async (admin: AdminClient, limit: number): Promise<readonly (readonly string[])[]> =>
  await pages(async (after) => {
    const { sessions, next } = await admin.listSessions({ limit, after });
    return { ids: sessions.map(({ id }) => id), next };
  });

describe("the lists of the admin API have pages", () => {
  test("of tokens", async () => {
    await using gateway = await TestGateway.start();
    const issued: string[] = [];
    for (let count = 0; count < 5; count += 1) issued.push((await gateway.token(target.address)).record.tokenId);
    const admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    const read = await pages(async (after) => {
      const { tokens, next } = await admin.listTokens({ limit: 2, after });
      return { ids: tokens.map(({ id }) => id), next };
    });
    expect(read.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(new Set(read.flat())).toEqual(new Set(issued));
  });

  test("of the tokens of a machine, a user or a type, however many others are in between", async () => {
    await using gateway = await TestGateway.start();
    const issued: string[] = [];
    for (let count = 0; count < 30; count += 1) {
      const request = { instance: `vm-${count % 10}`, user: count % 2 === 0 ? "ada" : "eve", type: "serial" } as const;
      issued.push((await gateway.token(target.address, request)).record.tokenId);
    }
    const admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    const listed = async (filter: object, limit?: number): Promise<readonly (readonly string[])[]> =>
      await pages(async (after) => {
        const { tokens, next } = await admin.listTokens({ ...filter, limit, after });
        return { ids: tokens.map(({ id }) => id), next };
      });
    // Tokens of the same millisecond are in the order of their ids.
    const of = (machine: number): ReadonlySet<string> => new Set(issued.filter((_, index) => index % 10 === machine));
    expect((await listed({ instance: "vm-3" })).map((ids) => new Set(ids))).toEqual([of(3)]);
    const short = await listed({ instance: "vm-3", user: "eve", type: "serial" }, 2);
    expect(new Set(short.flat())).toEqual(of(3));
    expect(short.filter(({ length }) => length > 2)).toEqual([]);
    // 20 tokens are looked at for a page of one.
    expect(new Set((await listed({ instance: "vm-0" }, 1)).flat())).toEqual(of(0));
    expect((await listed({ instance: "none" }, 1)).map(({ length }) => length)).toEqual([0, 0]);
    expect(await listed({ instance: "vm-3", user: "ada" })).toEqual([[]]);
    expect(await listed({ type: "vnc" })).toEqual([[]]);
    await expect(admin.listTokens({ user: "ada", limit: 0 })).rejects.toMatchObject({ status: 400 });
    await expect(admin.listTokens({ user: "ada", after: "yesterday" })).rejects.toMatchObject({ status: 400 });
    const reach = ["--admin", gateway.adminUrl, "--key", ADMIN_KEY];
    const { stdout } = await run(["token", "list", ...reach, "--json", "--instance", "vm-3", "--user", "eve"]);
    expect(new Set((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id))).toEqual(of(3));
  });

  test("of sessions, also when those of earlier pages have ended meanwhile", async () => {
    await using gateway = await TestGateway.start();
    const ids: string[] = [];
    const clients: Client[] = [];
    for (let count = 0; count < 5; count += 1) {
      const client = new Client(gateway.host, (await gateway.token(target.address)).token);
      clients.push(client);
      ids.push((await client.message("hello")).session);
    }
    const admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    expect((await sessionPages(admin, 2)).map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(new Set((await sessionPages(admin, 2)).flat())).toEqual(new Set(ids));
    const first = await admin.listSessions({ limit: 3 });
    for (const { id } of first.sessions) await admin.endSession(id);
    const second = await admin.listSessions({ limit: 3, after: first.next });
    expect(second.next).toBeUndefined();
    expect(new Set([...first.sessions, ...second.sessions].map(({ id }) => id))).toEqual(new Set(ids));
    for (const client of clients) client[Symbol.dispose]();
  });

  test("of the sessions of several workers", async () => {
    await using gateway = await WorkerGateway.start();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push((await (await gateway.open(target.address)).message("hello")).session);
    }
    const admin = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    const read = await sessionPages(admin, 2);
    expect(read.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(read.flat()).toEqual(ids);
    await expect(admin.listSessions({ limit: 0 })).rejects.toMatchObject({ status: 400 });
  });

  test.each([
    ["limit=5&limit=6", "limit: expected it once"],
    ["limit=0", 'limit: expected a whole number from 1 to 1000, but got "0"'],
    ["limit=1001", 'limit: expected a whole number from 1 to 1000, but got "1001"'],
    ["limit=", 'limit: expected a whole number from 1 to 1000, but got ""'],
    ["limit=1e2", 'limit: expected a whole number from 1 to 1000, but got "1e2"'],
    ["limit=0x10", 'limit: expected a whole number from 1 to 1000, but got "0x10"'],
    ["limit=5.0", 'limit: expected a whole number from 1 to 1000, but got "5.0"'],
    ["limit=%2B5", 'limit: expected a whole number from 1 to 1000, but got "+5"'],
    ["limit=05", 'limit: expected a whole number from 1 to 1000, but got "05"'],
    ["limit=%205", 'limit: expected a whole number from 1 to 1000, but got " 5"'],
    ["limit=5%0A", 'limit: expected a whole number from 1 to 1000, but got "5\\n"'],
    ["limit=9999999999999999999999", 'limit: expected a whole number from 1 to 1000, but got "9999999999999999999999"'],
    ["limit=ten", 'limit: expected a whole number from 1 to 1000, but got "ten"'],
    ["after=yesterday", 'after: expected the `next` of a page, but got "yesterday"'],
  ])("%s is refused with 400", async (query, detail) => {
    await using gateway = await TestGateway.start();
    for (const list of ["tokens", "sessions"]) {
      const response = await gateway.admin("GET", `/v1/${list}?${query}`);
      expect([response.status, await response.json()]).toMatchObject([400, { detail }]);
    }
  });
});

test("the commands list all pages", async () => {
  await using gateway = await TestGateway.start();
  const issued = Array.from({ length: 1500 }, async () => (await gateway.token(target.address)).record.tokenId);
  const ids = await Promise.all(issued);
  const { stdout } = await run(["token", "list", "--json", "--admin", gateway.adminUrl, "--key", ADMIN_KEY]);
  const listed = JSON.parse(stdout) as { id: string }[];
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ids));
});
