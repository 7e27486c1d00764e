import { createClient } from "@redis/client";
import { type RedisServer, startRedis } from "@curfew/testing/real";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type RedisSourceOptions, RedisTokenSource } from "../../src/tokens/redis-source.ts";
import { describeTokenSource, lookupContext } from "./contract-suite.ts";

let server: RedisServer;
let redis: ReturnType<typeof connect>;

beforeAll(async () => {
  server = await startRedis();
  redis = connect();
  await redis.connect();
});

afterAll(async () => {
  redis.destroy();
  await server.stop();
});

function url(password = server.password): string {
  return `redis://:${encodeURIComponent(password)}@${server.host}:${server.port}/1`;
}

function connect() {
  return createClient({ url: url(), socket: { reconnectStrategy: 20 } }).on("error", () => {});
}

function open(options: Partial<RedisSourceOptions> = {}): RedisTokenSource & AsyncDisposable {
  const source = new RedisTokenSource({ url: url(), namespace: null, timeout: 2, console_type: "vnc", ...options });
  return Object.assign(source, { [Symbol.asyncDispose]: async () => await source.close() });
}

const NOTHING = { instance: undefined, name: undefined, user: undefined };
const CONSOLE = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;

describeTokenSource("a redis source", async () => {
  const expiresAt = Date.now() + 60_000;
  const set = async (): Promise<void> =>
    void (await redis.set("consoles:open-sesame", "10.0.0.5:5901", { expiration: { type: "PXAT", value: expiresAt } }));
  await set();
  const source = open({ namespace: "consoles", console_type: "serial" });
  return {
    source,
    known: {
      token: "open-sesame",
      grant: { type: "serial", endpoint: CONSOLE, access: "control", expiresAt, ...NOTHING },
    },
    stop: async () => await server.kill(),
    restart: async () => {
      await server.start();
      await vi.waitUntil(() => redis.isReady);
      await set();
      // The source connects by itself, after a pause.
      await vi.waitFor(async () => await source.health());
    },
    [Symbol.asyncDispose]: async () => await source.close(),
  };
});

/** Its beginning alone would be right. */
const LONG = `10.0.0.5:5901${" ".repeat(70_000)}`;

describe("a value in Redis", () => {
  test.each<[value: string, grant: object]>([
    ["10.0.0.5:5901", { endpoint: CONSOLE }],
    [" 10.0.0.5:5901\n", { endpoint: CONSOLE }],
    ["fd00::5:5901", { endpoint: { host: "fd00::5", port: 5901 } }],
    ['{"host": "10.0.0.5:5901"}', { endpoint: CONSOLE }],
    ['{"host": "10.0.0.5", "port": "5901"}', { endpoint: CONSOLE }],
    [
      '{"host": "10.0.0.5", "port": 5901, "type": "spice", "user": "alice", "access": "view", "single_use": true}',
      { endpoint: CONSOLE, type: "spice", user: "alice", access: "view", singleUse: true },
    ],
  ])("%j gives its grant", async (value, grant) => {
    await redis.set("a", value);
    await using source = open();
    expect(await source.resolve("a", lookupContext())).toMatchObject({ ...grant, expiresAt: undefined });
  });

  test.each([
    "",
    "nowhere",
    "10.0.0.5",
    '{"host": 7}',
    "{}",
    "{broken secret",
    `{"host": "${"x".repeat(70_000)}"}`,
    LONG,
  ])("%.40j is refused, and not quoted", async (value) => {
    await redis.set("a", value);
    await using source = open();
    const error = await source.resolve("a", lookupContext()).catch(String);
    expect(error).toMatch(/^Error: .*(?:expected|has more than)/);
    expect(error).not.toContain("secret");
  });

  test("of another kind than text is unknown", async () => {
    await redis.del("a");
    await redis.hSet("a", { host: "10.0.0.5", port: 5901 });
    await using source = open();
    expect(await source.resolve("a", lookupContext())).toBeUndefined();
    await redis.del("a");
  });

  test("ends with its key, to the millisecond, or earlier where it says so", async () => {
    const at = Date.now() + 100_007;
    await using source = open();
    await redis.set("a", '{"host": "10.0.0.5:5901", "expires_at": "2040-01-02T03:04:05Z"}');
    expect((await source.resolve("a", lookupContext()))?.expiresAt).toBe(Date.UTC(2040, 0, 2, 3, 4, 5));
    await redis.pExpireAt("a", at);
    expect((await source.resolve("a", lookupContext()))?.expiresAt).toBe(at);
    await redis.del("a");
    expect(await source.resolve("a", lookupContext())).toBeUndefined();
  });

  test("of another namespace or database is unknown", async () => {
    await redis.set("one:a", "10.0.0.5:5901");
    await using one = open({ namespace: "one" });
    await using none = open();
    await using database = open({ url: url().replace(/1$/, "0"), namespace: "one" });
    expect(await one.resolve("a", lookupContext())).toBeDefined();
    expect(await none.resolve("a", lookupContext())).toBeUndefined();
    expect(await database.resolve("a", lookupContext())).toBeUndefined();
  });
});

describe("a Redis server", () => {
  test("has one connection, however many tokens are looked up", async () => {
    const connections = async (): Promise<number> =>
      Number(/^connected_clients:(\d+)/m.exec(await redis.info("clients"))?.[1]);
    await using source = open();
    await source.health();
    const before = await connections();
    await Promise.all(Array.from({ length: 100 }, (_, index) => source.resolve(`token ${index}`, lookupContext())));
    expect(await connections()).toBe(before);
  });

  test("with another password is not healthy, and no token is known", async () => {
    await using source = open({ url: url("wrong") });
    await expect(source.resolve("a", lookupContext())).rejects.toThrow("there is no connection to Redis");
    await expect(source.health()).rejects.toThrow("there is no connection to Redis");
  });

  test("that does not answer fails each lookup in time, and is used again when it does", async () => {
    await redis.set("a", "10.0.0.5:5901");
    await using source = open({ timeout: 2 });
    await source.health();
    server.freeze();
    await expect(source.resolve("a", lookupContext())).rejects.toThrow("no answer within 2000 ms");
    const session = new AbortController();
    const found = source.resolve("a", lookupContext({ signal: session.signal }));
    session.abort(new Error("the session has ended"));
    await expect(found).rejects.toThrow("the session has ended");
    server.thaw();
    const find = async (): Promise<unknown> => await source.resolve("a", lookupContext()).catch(() => undefined);
    await expect.poll(find).toMatchObject({ endpoint: CONSOLE });
  });
});
