import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { foreignGrant, ScriptedSource } from "../../test/tokens/scripted-source.ts";
import { EndError } from "../end-reason.ts";
import { TimedCounters } from "../telemetry/counters.ts";
import { LOOKUP_LIMITS } from "./lookup-slots.ts";
import { type LookupRequest, TokenLookups, type TokenLookupsOptions } from "./lookups.ts";
import { SqliteTokenStore } from "./sqlite/token-store.ts";

const HOUR = 60 * 60 * 1000;
let store: SqliteTokenStore;
let source: ScriptedSource;
let now = 0;
/** Ends the sessions of a test. */
let over = new AbortController();

beforeEach(() => {
  over = new AbortController();
  store = new SqliteTokenStore(":memory:");
  source = new ScriptedSource();
  now = 1000;
});
afterEach(async () => {
  vi.useRealTimers();
  over.abort();
  await store.close();
});

function make(options: Partial<TokenLookupsOptions> = {}): TokenLookups {
  return new TokenLookups({
    tokens: { store, sources: [{ name: "scripted", source }] },
    clock: { wall: () => now, monotonic: () => now },
    tokenTtlMs: HOUR,
    ...options,
  });
}

function request(request: Partial<LookupRequest> = {}): LookupRequest {
  const { signal } = over;
  return { clientAddress: "192.0.2.1", origin: undefined, isRenewal: false, signal, ...request };
}

/** Looks up what is not answered before the test is over. */
function ask(lookups: TokenLookups, token: string, other: Partial<LookupRequest> = {}): void {
  lookups.resolve(token, request(other)).catch(() => {});
}

describe("the store is asked first, then the sources in order", () => {
  test("a token of the store never reaches a source", async () => {
    const { token, record } = await store.issue({
      type: "vnc",
      endpoint: { type: "tcp", host: "127.0.0.1", port: 1 },
      ttlMs: 1000,
    });
    expect(await make().resolve(token, request())).toEqual(record);
    expect(source.lookups).toEqual([]);
  });

  test("the first source that knows a token decides, and later ones are not asked", async () => {
    const [second, third] = [new ScriptedSource(), new ScriptedSource()];
    const sources = [source, second, third].map((each) => ({ name: "", source: each }));
    const found = make({ tokens: { store, sources } }).resolve("foreign", request());
    (await source.asked()).answer(undefined);
    (await second.asked()).answer(foreignGrant({ expiresAt: 5000 }));
    expect(await found).toEqual(foreignGrant({ expiresAt: 5000 }));
    expect(third.lookups).toEqual([]);
  });

  test("a source that fails makes the lookup fail, whatever a later one would say", async () => {
    const second = new ScriptedSource();
    const sources = [source, second].map((each) => ({ name: "", source: each }));
    const found = make({ tokens: { store, sources } }).resolve("foreign", request());
    (await source.asked()).fail(new Error("away"));
    await expect(found).rejects.toThrow("away");
    expect(second.lookups).toEqual([]);
  });

  test("a source is told the client's address, its origin, and the type of console that it asks for", async () => {
    const client = { clientAddress: "192.0.2.7", origin: "https://dash.example", consoleType: "serial" } as const;
    ask(make(), "foreign", client);
    expect((await source.asked()).context).toMatchObject(client);
  });
});

describe("the signal that a source gets", () => {
  test("is aborted when the session ends, and not before", async () => {
    const session = new AbortController();
    const found = make().resolve("foreign", request({ signal: session.signal }));
    const { signal } = (await source.asked()).context;
    expect(signal.aborted).toBe(false);
    session.abort(new Error("the session has ended"));
    await expect(found).rejects.toThrow("the session has ended");
    expect(signal.aborted).toBe(true);
  });

  test("is aborted when the lookup takes longer than ten seconds, which makes it fail", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const found = make().resolve("foreign", request());
    const { signal } = (await source.asked()).context;
    vi.advanceTimersByTime(9999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(found).rejects.toThrow("no answer within 10000 ms");
    expect(signal.aborted).toBe(true);
  });

  test("is not aborted once the source has answered", async () => {
    const session = new AbortController();
    const found = make().resolve("foreign", request({ signal: session.signal }));
    const { context, answer } = await source.asked();
    answer(undefined);
    await found;
    session.abort();
    expect(context.signal.aborted).toBe(false);
  });

  test("is aborted only when the last of several sessions has ended that wait for the same token", async () => {
    const lookups = make();
    const sessions = [new AbortController(), new AbortController()];
    const found = sessions.map(({ signal }) => lookups.resolve("foreign", request({ signal })).catch(() => "ended"));
    const { signal } = (await source.asked()).context;
    sessions[0]?.abort();
    expect(await found[0]).toBe("ended");
    expect(signal.aborted).toBe(false);
    sessions[1]?.abort();
    expect(await found[1]).toBe("ended");
    expect(signal.aborted).toBe(true);
  });
});

describe("equal lookups", () => {
  test("that run at the same time ask once", async () => {
    const lookups = make();
    const found = Array.from({ length: 5 }, () => lookups.resolve("foreign", request()));
    (await source.asked()).answer(foreignGrant({ expiresAt: 5000 }));
    expect(new Set((await Promise.all(found)).map((grant) => grant?.expiresAt))).toEqual(new Set([5000]));
    expect(source.lookups).toHaveLength(1);
  });

  test("are those of one token, address, origin and type: a source may decide by each", async () => {
    const lookups = make();
    const others = [{}, { clientAddress: "192.0.2.2" }, { origin: "https://dash.example" }, { consoleType: "vnc" }];
    for (const other of others as readonly Partial<LookupRequest>[]) ask(lookups, "foreign", other);
    ask(lookups, "other");
    await source.asked(4);
    expect(source.lookups).toHaveLength(5);
  });

  test("after an answer ask again", async () => {
    const lookups = make();
    for (const number of [0, 1]) {
      const found = lookups.resolve("foreign", request());
      (await source.asked(number)).answer(foreignGrant({ expiresAt: 5000 }));
      await found;
    }
    expect(source.lookups).toHaveLength(2);
  });

  test("do not share a lookup that was given up", async () => {
    const lookups = make();
    const session = new AbortController();
    const first = lookups.resolve("foreign", request({ signal: session.signal }));
    await source.asked();
    session.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    const second = lookups.resolve("foreign", request());
    (await source.asked(1)).answer(foreignGrant({ expiresAt: 5000 }));
    expect(await second).toMatchObject({ expiresAt: 5000 });
  });
});

describe("an unknown token", () => {
  async function refuse(lookups: TokenLookups, number: number): Promise<void> {
    const found = lookups.resolve("foreign", request());
    (await source.asked(number)).answer(undefined);
    expect(await found).toBeUndefined();
  }

  test("is not looked up in the sources again at once, but for another client it is", async () => {
    const lookups = make();
    await refuse(lookups, 0);
    expect(await lookups.resolve("foreign", request())).toBeUndefined();
    expect(source.lookups).toHaveLength(1);
    ask(lookups, "foreign", { clientAddress: "192.0.2.2" });
    await source.asked(1);
  });

  test("that the store issues is known at once", async () => {
    const lookups = make();
    await refuse(lookups, 0);
    const grant = foreignGrant({ expiresAt: 9000 });
    const issued = vi
      .spyOn(store, "resolve")
      .mockResolvedValue({ ...grant, createdAt: 1, revokedAt: undefined, expiresAt: 9000 });
    expect(await lookups.resolve("foreign", request())).toMatchObject({ expiresAt: 9000 });
    expect(issued).toHaveBeenCalledOnce();
  });

  test("is not remembered when a source failed", async () => {
    const lookups = make();
    const found = lookups.resolve("foreign", request());
    (await source.asked()).fail(new Error("away"));
    await expect(found).rejects.toThrow("away");
    await refuse(lookups, 1);
  });
});

describe("the number of lookups is bounded", () => {
  const limits = { running: 2, runningPerClient: 1, waiting: 2, waitingPerClient: 1 };

  test("for one client and for all; what is over the bounds fails, and the others run one after the other", async () => {
    const lookups = make({ limits });
    const found = ["a1", "a2", "a3", "b1", "b2", "c1"].map((token) =>
      lookups.resolve(token, request({ clientAddress: token.charAt(0) })).then(
        () => "answered",
        (error: Error) => error.message,
      ),
    );
    const full = "too many token lookups are waiting";
    expect(await Promise.all([found[2], found[5]])).toEqual([full, full]);
    expect(source.lookups.map(({ token }) => token)).toEqual(["a1", "b1"]);
    for (const number of [0, 1, 2, 3]) (await source.asked(number)).answer(undefined);
    expect(await Promise.all(found)).toEqual(["answered", "answered", full, "answered", "answered", full]);
  });

  test("a renewal is not held up by them", async () => {
    const lookups = make({ limits });
    for (const token of ["a1", "a2"]) ask(lookups, token, { clientAddress: "a" });
    ask(lookups, "a3", { clientAddress: "a", isRenewal: true });
    await source.asked(1);
    expect(source.lookups.map(({ token }) => token).toSorted()).toEqual(["a1", "a3"]);
  });

  test("a lookup that was given up counts until its source has answered, or is late", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const lookups = make({ limits });
    const session = new AbortController();
    const first = lookups.resolve("a1", request({ clientAddress: "a", signal: session.signal }));
    await source.asked();
    const second = lookups.resolve("a2", request({ clientAddress: "a" }));
    session.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    await new Promise(setImmediate);
    expect(source.lookups).toHaveLength(1);
    vi.advanceTimersByTime(9999);
    await new Promise(setImmediate);
    expect(source.lookups).toHaveLength(1);
    vi.advanceTimersByTime(1);
    // The second one takes its place, and its time is over as well.
    await expect(second).rejects.toThrow("no answer within 10000 ms");
    ask(lookups, "a4", { clientAddress: "a" });
    expect((await source.asked(2)).token).toBe("a4");
  });

  test("a source that hangs holds up its own lookups, and no token of the store", async () => {
    const { token, record } = await store.issue({
      type: "vnc",
      endpoint: { type: "tcp", host: "127.0.0.1", port: 1 },
      ttlMs: 1000,
    });
    const lookups = make();
    const { running, runningPerClient } = LOOKUP_LIMITS;
    for (let count = 0; count < running + 1; count += 1) {
      const clientAddress = `192.0.2.${Math.floor(count / runningPerClient)}`;
      ask(lookups, `foreign ${count}`, { clientAddress });
    }
    await source.asked(running - 1);
    expect(await lookups.resolve(token, request({ clientAddress: "198.51.100.1" }))).toEqual(record);
    expect(source.lookups).toHaveLength(running);
  });

  test("the number of lookups in a store that hangs is bounded as well", async () => {
    const asked = vi.spyOn(store, "resolve").mockReturnValue(new Promise(() => {}));
    const lookups = make({ limits });
    for (const token of ["a1", "a2", "b1"]) ask(lookups, token, { clientAddress: token.charAt(0) });
    await expect.poll(() => asked.mock.calls.map(([token]) => token)).toEqual(["a1", "b1"]);
  });

  test("the limits of a gateway leave one client at most half of it", () => {
    expect(LOOKUP_LIMITS.runningPerClient * 2).toBeLessThanOrEqual(LOOKUP_LIMITS.running);
    expect(LOOKUP_LIMITS.waitingPerClient * 2).toBeLessThanOrEqual(LOOKUP_LIMITS.waiting);
  });
});

describe("a grant without an expiry", () => {
  async function expiry(
    lookups: TokenLookups,
    token = "foreign",
    tokenId = `id of ${token}`,
  ): Promise<number | undefined> {
    const number = source.lookups.length;
    const found = lookups.resolve(token, request());
    (await source.asked(number)).answer(foreignGrant({ tokenId }));
    return (await found)?.expiresAt;
  }

  test("expires token_ttl after its first use, however often it is looked up", async () => {
    const lookups = make();
    expect(await expiry(lookups)).toBe(1000 + HOUR);
    now = 5000;
    expect(await expiry(lookups)).toBe(1000 + HOUR);
    expect(await expiry(lookups, "another")).toBe(5000 + HOUR);
    now = 1000 + 2 * HOUR;
    expect(await expiry(lookups)).toBe(1000 + HOUR);
  });

  test("expires at the same time in whichever way its token is written", async () => {
    const lookups = make();
    expect(await expiry(lookups, "signed.one", "id")).toBe(1000 + HOUR);
    now = 5000;
    expect(await expiry(lookups, "signed.other", "id")).toBe(1000 + HOUR);
  });

  test("has one expiry in all gateways that share a store", async () => {
    const [one, other] = [make(), make()];
    expect(await expiry(one)).toBe(1000 + HOUR);
    now = 9000;
    expect(await expiry(other)).toBe(1000 + HOUR);
  });

  test("without a store that keeps first uses, the gateway keeps them in its memory", async () => {
    const tokens = { store: undefined, sources: [{ name: "own", source }] };
    const lookups = make({ tokens });
    expect(await expiry(lookups)).toBe(1000 + HOUR);
    now = 9000;
    expect(await expiry(lookups)).toBe(1000 + HOUR);
    expect(await expiry(make({ tokens }))).toBe(9000 + HOUR);
  });
});

test("the store and each source are measured; one that fails or is late is counted as an error, a refusal is not", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const timings = new Map(["tokens.store", "scripted"].map((name) => [name, new TimedCounters([1])]));
  const lookups = make({ timings });
  const answered = lookups.resolve("a", request());
  (await source.asked()).answer(undefined);
  await answered;
  const late = lookups.resolve("b", request());
  await source.asked(1);
  vi.advanceTimersByTime(10_000);
  await expect(late).rejects.toThrow("no answer within 10000 ms");
  const refused = lookups.resolve("c", request());
  (await source.asked(2)).fail(new EndError("instance_deleted", "the instance was deleted"));
  await expect(refused).rejects.toMatchObject({ reason: "instance_deleted" });
  const counted = [...timings].map(([name, { durations, errors }]) => [name, durations.counts[0], errors]);
  expect(counted).toEqual([
    ["tokens.store", 3, 0],
    ["scripted", 3, 1],
  ]);
});

test("a store that cannot be asked now says so itself, which is counted as an error", async () => {
  const busy = new EndError("server_busy", "the store is away");
  const timings = new Map([["tokens.store", new TimedCounters([1])]]);
  const lookups = make({ timings });
  for (const name of ["resolve", "useOnce", "wasUsed"] as const) vi.spyOn(store, name).mockRejectedValue(busy);
  await expect(lookups.resolve("foreign", request())).rejects.toBe(busy);
  const grant = { ...foreignGrant({ expiresAt: 5000, singleUse: true }), expiresAt: 5000 };
  await expect(lookups.use(grant)).rejects.toBe(busy);
  await expect(lookups.refuseUsed(grant)).rejects.toBe(busy);
  expect(timings.get("tokens.store")?.errors).toBe(1);
});
