import { readFileSync } from "node:fs";
import { type RedisServer, startRedis } from "@curfew/testing/real";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConnectionPart, StoreConnection, StoreLost } from "../../../src/cluster-store/connection.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import type { StoreSession } from "../../../src/cluster-store/session.ts";
import { openClient, type StoreClient } from "../../../src/cluster-store/valkey/client.ts";
import type { ValkeySession } from "../../../src/cluster-store/valkey/session.ts";
import { parseStoreUrl } from "../../../src/cluster-store/valkey/store-url.ts";
import { TestAuthority } from "../../support/authority.ts";
import { isConnected } from "../../tokens/valkey-cluster.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

type Line = Readonly<Record<string, unknown>>;

/** A connection with what it logs, and how it has changed. */
class Connected implements AsyncDisposable {
  readonly lines: Line[] = [];
  readonly changes: boolean[] = [];
  readonly connection: StoreConnection;

  constructor(url: string, parts: readonly ConnectionPart[] = [], ca?: string, settleMs = 0) {
    const log = pino({}, { write: (line: string) => void this.lines.push(JSON.parse(line) as Line) });
    this.connection = new StoreConnection(
      { engine: createEngine(url, { prefix: "curfew", ca }), log, settleMs },
      parts,
    );
    this.connection.onChange(() => this.changes.push(this.connection.isOpen));
    this.connection.start();
  }

  get messages(): readonly unknown[] {
    return this.lines.map(({ msg }) => msg);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}

function urlOf({ host, port, password }: Pick<RedisServer, "host" | "port" | "password">, scheme = "redis"): string {
  return `${scheme}://:${encodeURIComponent(password)}@${host}:${port}`;
}

/** What a test sends itself, over the connection. */
function send<T>(work: (client: StoreClient) => Promise<T>): (store: StoreSession) => Promise<T> {
  return async (store) => await work((store as ValkeySession).client);
}

function isSettled(connection: StoreConnection): boolean {
  try {
    connection.checkSettled();
    return true;
  } catch (error) {
    if (error instanceof StoreLost) return false;
    throw error;
  }
}

const ping = send(async (client) => await client.ping());

test("sends commands, and closes at once", async () => {
  await using made = new Connected(urlOf(server));
  expect(() => made.connection.checkSettled()).toThrow(StoreLost);
  await expect(made.connection.run(ping)).rejects.toThrow(StoreLost);
  await made.connection.opened;
  made.connection.checkSettled();
  await made.connection.health();
  expect(await made.connection.run(ping)).toBe("PONG");
  await made.connection.close();
  await expect(made.connection.run(ping)).rejects.toThrow(StoreLost);
  expect(made.messages).toEqual([]);
});

test("every second the beats of all parts are made, and what was last answered is known", async () => {
  let beats = 0;
  const part: ConnectionPart = { beat: async () => void (beats += 1) };
  await using made = new Connected(urlOf(server), [part]);
  await made.connection.opened;
  const first = made.connection.lastContact;
  await expect.poll(() => beats).toBeGreaterThan(1);
  expect(first).toBeLessThan(performance.now());
});

describe("a store that is lost", () => {
  test.each<[how: string, lose: (lost: RedisServer) => Promise<void>, back: (lost: RedisServer) => Promise<void>]>([
    ["is killed", async (lost) => await lost.kill(), async (lost) => await lost.start()],
    ["hangs", async (lost) => lost.freeze(), async (lost) => lost.thaw()],
  ])(
    "as it %s is looked for until it is back; then every part begins again, and lookups wait for others",
    async (_how, lose, back) => {
      await using own = await startRedis();
      let prepared = 0;
      const part: ConnectionPart = { prepare: async () => void (prepared += 1) };
      await using made = new Connected(urlOf(own), [part], undefined, 1000);
      const { connection } = made;
      await connection.opened;
      await lose(own);
      await expect.poll(() => connection.isOpen).toBe(false);
      await expect(connection.run(ping)).rejects.toThrow("there is no connection to the cluster's store");
      await expect(connection.health()).rejects.toThrow(StoreLost);
      // At once, before others have had their time.
      const settled = Promise.withResolvers<boolean>();
      connection.onChange(() => connection.isOpen && settled.resolve(isSettled(connection)));
      await back(own);
      expect(await settled.promise).toBe(false);
      expect(await connection.run(ping)).toBe("PONG");
      await expect
        .poll(
          async () =>
            await connection.health().then(
              () => true,
              () => false,
            ),
        )
        .toBe(true);
      expect([prepared, made.changes]).toEqual([2, [true, false, true]]);
      expect(made.messages.filter((message) => message !== "no connection to the cluster's store")).toEqual([
        "lost the cluster's store",
        "the cluster's store is back",
      ]);
    },
  );

  test("since a part fails, as it prepares, beats or follows, is connected to anew", async () => {
    const failures = ["prepare", "beat", "follow"];
    const failOnce = (where: string): void => {
      if (failures[0] === where) throw new Error(`a fault in ${failures.shift()}`);
    };
    const part: ConnectionPart = {
      prepare: async () => failOnce("prepare"),
      beat: async () => failOnce("beat"),
      follow: async (_reader, contact) => {
        contact(performance.now());
        failOnce("follow");
        return await new Promise<never>(() => {});
      },
    };
    await using made = new Connected(urlOf(server), [part]);
    await expect(made.connection.opened).rejects.toThrow("a fault in prepare");
    await expect.poll(() => [failures.length, made.connection.isOpen]).toEqual([0, true]);
  });
});

test("a server that becomes the replica of another one is left as soon as it refuses a write", async () => {
  await using own = await startRedis();
  await using made = new Connected(urlOf(own));
  await made.connection.opened;
  await made.connection.run(
    send(async (client) => await client.sendCommand(["REPLICAOF", server.host, String(server.port)])),
  );
  const write = send(async (client) => await client.set("a", "b"));
  await expect(made.connection.run(write)).rejects.toThrow("READONLY");
  await expect.poll(() => made.connection.isOpen).toBe(false);
  await expect.poll(() => made.messages).toContain("no connection to the cluster's store");
  expect(made.lines.at(-1)).toMatchObject({
    err: { message: expect.stringContaining("but got a replica (standalone)") as string },
  });
  const client = openClient({ ...parseStoreUrl(urlOf(own)).server, ca: undefined, timeoutMs: 5000 }, () => {});
  await client.connect();
  await client.sendCommand(["REPLICAOF", "NO", "ONE"]);
  client.destroy();
  await expect.poll(() => made.connection.isOpen).toBe(true);
});

describe("a connection that cannot be made says why:", () => {
  test("a wrong password", async () => {
    await using made = new Connected(urlOf({ ...server, host: server.host, port: server.port, password: "wrong" }));
    await expect(made.connection.opened).rejects.toThrow("WRONGPASS");
    expect(JSON.stringify(made.lines)).not.toContain('"wrong"');
  });

  test("a server without TLS, and one with", async () => {
    using authority = await TestAuthority.create();
    await using secure = await startRedis({ tls: await authority.issue("redis") });
    await using plain = new Connected(urlOf(server, "rediss"));
    await expect(plain.connection.opened).rejects.toThrow(Error);
    await using made = new Connected(urlOf(secure));
    await expect(made.connection.opened).rejects.toThrow(Error);
  });

  test("a certificate of an authority that is not trusted", async () => {
    using authority = await TestAuthority.create();
    await using secure = await startRedis({ tls: await authority.issue("redis") });
    await using stranger = new Connected(urlOf(secure, "rediss"));
    await expect(stranger.connection.opened).rejects.toThrow("unable to verify the first certificate");
    await using made = new Connected(urlOf(secure, "rediss"), [], readFileSync(authority.cert, "utf8"));
    await isConnected(made.connection);
    expect(await made.connection.run(ping)).toBe("PONG");
  });
});
