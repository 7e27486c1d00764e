import { writeFile } from "node:fs/promises";
import { type ByteServer, startByteServer, startUnacceptingServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminClient, type LockRequest } from "../src/admin/index.ts";
import { createGateway, createLogger, type Gateway } from "../src/index.ts";
import { Client } from "./support/client.ts";
import { TestFolder } from "./support/folder.ts";
import { ADMIN_KEY, type Request, TestGateway } from "./support/gateway.ts";
import { slowSource } from "./support/held-source.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const MESSAGE = "Maintenance until 18:00, ask the help desk";
const ALICE: Request = { user: "alice", instance: "vm-1" };

function adminOf({ adminUrl }: { readonly adminUrl: string }): AdminClient {
  return new AdminClient({ url: adminUrl, key: ADMIN_KEY });
}

async function connect(gateway: TestGateway, request: Request = ALICE): Promise<Client> {
  return new Client(gateway.host, (await gateway.token(target.address, request)).token);
}

async function open(gateway: TestGateway, request: Request = ALICE): Promise<Client> {
  const client = await connect(gateway, request);
  await client.message("hello");
  return client;
}

describe("a lock", () => {
  test.each<[LockRequest, ended: number]>([
    [{ user: "alice" }, 1],
    [{ instance: "vm-1" }, 2],
    [{ address: "127.0.0.1" }, 3],
    [{ address: "127.0.0.0/8" }, 3],
    [{ user: "alice ", message: "ignored" }, 0],
    [{ address: "10.0.0.0/8" }, 0],
    [{ address: "::1" }, 0],
  ])("of %j ends these sessions, and refuses further ones until it is lifted", async (what, ended) => {
    await using gateway = await TestGateway.start();
    const admin = adminOf(gateway);
    const requests = [ALICE, { user: "bob", instance: "vm-1" }, { instance: "vm-2" }];
    const clients = await Promise.all(requests.map(async (request) => await open(gateway, request)));
    const lock = await admin.lock({ message: MESSAGE, ...what });
    expect(lock.ended).toBe(ended);
    for (const [index, client] of clients.entries()) {
      using again = await connect(gateway, requests[index]);
      const told = await Promise.race([again.message("hello"), again.message("bye")]);
      const isLocked = client.order.includes("bye") || told.type === "bye";
      const refused = { type: "bye", reason: "forbidden", detail: "access is locked", message: MESSAGE };
      expect(told).toMatchObject(isLocked ? refused : { type: "hello" });
    }
    const cut = clients.filter((client) => client.order.includes("bye"));
    expect(cut).toHaveLength(ended);
    for (const client of cut) {
      expect(await client.message("bye")).toMatchObject({ reason: "session_terminated", message: MESSAGE });
      expect((await client.closed).code).toBe(4005);
    }
    expect(await admin.listLocks()).toMatchObject([{ id: lock.id, value: Object.values(what)[0] }]);
    await admin.liftLock(lock.id);
    expect(await admin.listLocks()).toEqual([]);
    for (const request of requests) (await open(gateway, request))[Symbol.dispose]();
    for (const client of clients) client[Symbol.dispose]();
  });

  test("that is set while a token is looked up opens nothing", async () => {
    const { source, waiting, release } = slowSource(0);
    await using sink = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source });
    const { token } = await gateway.token(sink.address, ALICE);
    using client = new Client(gateway.host, token);
    await waiting(1);
    await adminOf(gateway).lock({ user: "alice", message: MESSAGE });
    release();
    expect(await client.message("bye")).toMatchObject({ reason: "forbidden", message: MESSAGE });
    await gateway.proxy.sessions.idle();
    expect(sink.connections).toHaveLength(0);
  });

  test("that is set while a target is dialed ends the session", async () => {
    await using silent = await startUnacceptingServer();
    await using gateway = await TestGateway.start();
    using client = new Client(gateway.host, (await gateway.token(silent.address, ALICE)).token);
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    await adminOf(gateway).lock({ instance: "vm-1" });
    const told = { type: "bye", reason: "session_terminated", detail: "access is locked" };
    expect(await client.message("bye")).toEqual(told);
  });

  test("of a user that is set while a renewal names them renews nothing, and ends no session of another", async () => {
    const { source, waiting, release } = slowSource(1);
    await using gateway = await TestGateway.start({ source });
    // A session that named no user may be renewed for one.
    using client = await open(gateway, { instance: "vm-1" });
    const { token } = await gateway.token(target.address, { ...ALICE, ttlMs: 600_000 });
    client.control({ type: "renew", id: 1, token });
    await waiting(1);
    await adminOf(gateway).lock({ user: "alice", message: MESSAGE });
    release();
    expect(await client.message("renew_failed")).toMatchObject({ reason: "forbidden", detail: "access is locked" });
    client.control({ type: "ping", id: 2 });
    await client.message("pong");
  });

  test("of an address has nothing looked up for it", async () => {
    const lookups: string[] = [];
    await using gateway = await TestGateway.start({
      source: () => ({ resolve: async (token) => void lookups.push(token) }),
    });
    gateway.proxy.sessions.lock({ id: "1", subject: "address", value: "127.0.0.1", message: MESSAGE, createdAt: 0 });
    using client = new Client(gateway.host, "any");
    expect((await client.closed).reason).toBe("forbidden");
    expect(lookups).toEqual([]);
  });
});

describe("a lock of a token that another system issued", () => {
  /** A file with one token, and a gateway that looks tokens up in it. */
  async function start(folder: TestFolder): Promise<Gateway> {
    return createGateway({
      config: {
        listen: "127.0.0.1:0",
        admin: { listen: "127.0.0.1:0", key: ADMIN_KEY },
        tokens: { path: folder.join("tokens.db"), sources: [{ type: "file", path: folder.join("tokens.txt") }] },
      },
      log: createLogger("silent"),
    });
  }

  test("ends its sessions, and it opens and renews nothing, also after a restart, until it is lifted", async () => {
    await using folder = await TestFolder.create();
    await writeFile(folder.join("tokens.txt"), `one: ${target.address}\ntwo: ${target.address}\n`);
    const first = await start(folder);
    const { url, adminUrl } = await first.listen();
    using one = new Client(new URL(url).host, "one");
    await one.message("hello");
    const admin = adminOf({ adminUrl });
    const id = (await admin.listSessions()).sessions[0]?.token_id ?? "";
    using two = new Client(new URL(url).host, "two");
    await two.message("hello");
    await expect(admin.revokeToken(id)).rejects.toThrow("lock it");
    const lock = await admin.lock({ token: id, message: MESSAGE });
    // A file gives no expiry: that is the first use and consoleauth.token_ttl.
    const hours = (Date.parse(lock.expires_at ?? "") - Date.now()) / 3_600_000;
    expect(lock).toMatchObject({ ended: 1, subject: "token", value: id });
    expect(hours).toBeGreaterThan(0);
    const revoked = { detail: "the token was revoked", message: MESSAGE };
    expect(await one.message("bye")).toMatchObject({ reason: "session_terminated", ...revoked });
    two.control({ type: "renew", id: 1, token: "one" });
    expect(await two.message("renew_failed")).toMatchObject({ reason: "token_invalid" });
    await first.close();

    const second = await start(folder);
    const at = await second.listen();
    using again = new Client(new URL(at.url).host, "one");
    expect(await again.message("bye")).toMatchObject({ reason: "token_invalid", ...revoked });
    expect(await adminOf(at).listLocks()).toMatchObject([{ id: lock.id, expires_at: lock.expires_at }]);
    await adminOf(at).liftLock(lock.id);
    using lifted = new Client(new URL(at.url).host, "one");
    await lifted.message("hello");
    await second.close();
  });

  test("ends the session that it opened, although another token renewed it since", async () => {
    await using gateway = await TestGateway.start();
    const opened = await gateway.token(target.address, ALICE);
    using client = new Client(gateway.host, opened.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: (await gateway.token(target.address, ALICE)).token });
    await client.message("renewed");
    const lock = await adminOf(gateway).lock({ token: opened.record.tokenId });
    expect(lock).toMatchObject({ ended: 1, expires_at: new Date(opened.record.expiresAt).toISOString() });
    expect(await client.message("bye")).toMatchObject({ reason: "session_terminated" });
    expect(gateway.logged("locked")).toMatchObject([{ token_id: opened.record.tokenId, sessions: 1 }]);
  });
});

describe("the admin API", () => {
  test("sets a lock once for each subject, and the last message counts", async () => {
    await using gateway = await TestGateway.start();
    const admin = adminOf(gateway);
    const first = await admin.lock({ user: "alice", message: "first" });
    expect((await admin.lock({ user: "alice", message: "second" })).id).toBe(first.id);
    expect(await admin.listLocks()).toMatchObject([{ subject: "user", value: "alice", message: "second" }]);
    using client = await connect(gateway);
    expect((await client.message("bye")).message).toBe("second");
    expect(gateway.logged("locked")).toMatchObject([{ user: "alice", sessions: 0 }, { message: "second" }]);
  });

  test.each([
    [{}, "expected exactly one of user, instance, address, token"],
    [{ user: "alice", instance: "vm-1" }, "expected exactly one of user, instance, address, token"],
    [{ user: "" }, "user: expected a string that is not empty"],
    [{ user: 7 }, "user: expected a string"],
    [{ address: "alice" }, 'address: expected an IP address or a network such as 10.0.0.0/8, but got "alice"'],
    [{ user: "x".repeat(257) }, "user: expected Unicode text of at most 256 characters"],
    [{ user: "\ud800" }, "user: expected Unicode text of at most 256 characters"],
    [{ address: "10.0.0.0/33" }, "address: expected an IP address or a network such as 10.0.0.0/8, but got"],
    [{ address: "::ffff:10.0.0.5" }, "address: expected an IP address or a network such as 10.0.0.0/8, but got"],
    [{ address: "10.0.0.5:80" }, "address: expected"],
    [{ address: "unix:/run/" }, "address: expected"],
    [{ user: "alice", until: "18:00" }, "until: there is no such field"],
  ])("refuses %j", async (body, detail) => {
    await using gateway = await TestGateway.start();
    const response = await gateway.admin("POST", "/v1/locks", body);
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toContain(detail);
    expect((await gateway.admin("DELETE", "/v1/locks/none")).status).toBe(404);
    for (const message of ["", "x".repeat(501), "two\nlines", "\u202egnihtemos"]) {
      expect((await gateway.admin("POST", "/v1/locks", { user: "alice", message })).status).toBe(422);
    }
  });
});

describe("locks in a file", () => {
  function start(path: string): Gateway {
    const any = { listen: "127.0.0.1:0", admin: { listen: "127.0.0.1:0", key: ADMIN_KEY } };
    return createGateway({ config: { ...any, tokens: { path } }, log: createLogger("silent") });
  }

  test("outlive the gateway, and are those of every gateway that shares the file", async () => {
    await using folder = await TestFolder.create();
    const path = folder.join("tokens.db");
    const [first, second] = [start(path), start(path)];
    const [one, two] = [await first.listen(), await second.listen()];
    const request = { type: "serial", endpoint: { type: "tcp", host: "127.0.0.1", port: 1 }, ttlMs: 60_000 } as const;
    const issued = await first.tokens?.issue({
      ...request,
      endpoint: { ...request.endpoint, port: portOf(target) },
      ...ALICE,
    });
    const token = issued?.token ?? "";
    using client = new Client(new URL(two.url).host, token);
    await client.message("hello");
    const lock = await adminOf(one).lock({ user: "alice", message: MESSAGE });
    expect(await client.message("bye")).toMatchObject({ reason: "session_terminated", message: MESSAGE });
    expect(await adminOf(two).listLocks()).toMatchObject([{ id: lock.id }]);
    await Promise.all([first.close(), second.close()]);

    const third = start(path);
    const { url, adminUrl } = await third.listen();
    using refused = new Client(new URL(url).host, token);
    expect(await refused.message("bye")).toMatchObject({ reason: "forbidden", message: MESSAGE });
    const fourth = start(path);
    const other = await fourth.listen();
    await adminOf({ adminUrl }).liftLock(lock.id);
    await expect.poll(async () => await adminOf(other).listLocks()).toEqual([]);
    using opened = new Client(new URL(other.url).host, token);
    await opened.message("hello");
    await Promise.all([third.close(), fourth.close()]);
  });
});

function portOf({ address }: ByteServer): number {
  return Number(address.split(":")[1]);
}
