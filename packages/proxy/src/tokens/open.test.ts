import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { lookupContext } from "../../test/tokens/contract-suite.ts";
import { foreignGrant, ScriptedSource } from "../../test/tokens/scripted-source.ts";
import {
  closeTokens,
  openTokens,
  openTokensBehind,
  openTokensOfWorker,
  partsOf,
  type TokenOptions,
  whenOpen,
} from "./open.ts";
import { RPC_DEFAULTS } from "./nova/rpc/options.ts";
import { SqliteTokenStore } from "./sqlite/token-store.ts";

const SILENT = createLogger("silent");
const IN_MEMORY: TokenOptions = {
  store: "sqlite",
  path: ":memory:",
  sources: [],
  nova: { validate_console_port: "require", rpc: RPC_DEFAULTS },
};
/** As of a configuration that was not checked. */
const UNKNOWN_SOURCE = { ...IN_MEMORY, sources: [{ type: "carrier pigeon" }] } as unknown as TokenOptions;

test("the configured store is opened, and closed with the sources", async () => {
  const opened = openTokens(IN_MEMORY);
  await whenOpen(opened);
  expect(opened.store).toBeInstanceOf(SqliteTokenStore);
  expect(partsOf(opened).map(({ name }) => name)).toEqual(["tokens.store"]);
  await closeTokens(opened, SILENT);
  await expect(opened.store.list()).rejects.toThrow("finalized");
});

test("a store that cannot be opened is refused with its path", () => {
  expect(() => openTokens({ ...IN_MEMORY, path: "/dev/null/tokens.db" })).toThrow("/dev/null/tokens.db");
});

test("a worker asks the primary only for a store in memory", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-open-"));
  const primary = Object.assign(new ScriptedSource(), {
    firstUse: async () => 0,
    useOnce: async () => true,
    wasUsed: async () => false,
  });
  expect(openTokensOfWorker(IN_MEMORY, primary).store).toBe(primary);
  const shared = openTokensOfWorker({ ...IN_MEMORY, path: join(folder, "tokens.db") }, primary);
  expect(await shared.store?.resolve("any", lookupContext())).toBeUndefined();
  expect(primary.lookups).toEqual([]);
  await closeTokens(shared, SILENT);
  await rm(folder, { recursive: true });
});

test("a source passed to the library comes before the configured ones, a store replaces the configured one", async () => {
  const [source, store] = [new ScriptedSource(), new SqliteTokenStore(":memory:")];
  expect(openTokensBehind(source, IN_MEMORY)).toEqual({ store: undefined, sources: [{ name: "tokens", source }] });
  const opened = openTokensBehind(store, IN_MEMORY);
  expect(opened).toEqual({ store, sources: [] });
  await closeTokens(opened, SILENT);
  await closeTokens(openTokensBehind(source, IN_MEMORY), SILENT);
  expect(source.closed).toBe(1);
});

test("a source that cannot be opened is named; its lookups and its health fail, and it can be closed", async () => {
  const opened = openTokensBehind(new ScriptedSource(), UNKNOWN_SOURCE);
  const problem = "tokens.sources.0 (carrier pigeon): there is no token source of the type carrier pigeon";
  await expect(whenOpen(opened)).rejects.toThrow(problem);
  const [, broken] = opened.sources;
  await expect(broken?.source.resolve("any", lookupContext())).rejects.toThrow(problem);
  await expect(broken?.source.health?.(new AbortController().signal)).rejects.toThrow(problem);
  await closeTokens(opened, SILENT);
});

test("lookups do not need a health check or a close of a source", async () => {
  const opened = openTokensBehind({ resolve: async () => foreignGrant() }, IN_MEMORY);
  expect(await opened.sources[0]?.source.resolve("any", lookupContext())).toEqual(foreignGrant());
  await closeTokens(opened, SILENT);
});

test("what does not close is logged, and does not keep the others open", async () => {
  const last = new ScriptedSource();
  const resolve = async (): Promise<undefined> => undefined;
  const sources = [
    { name: "rejects", source: { resolve, close: () => Promise.reject(new Error("close failed")) } },
    { name: "hangs", source: { resolve, close: () => new Promise<void>(() => {}) } },
    { name: "last", source: last },
  ];
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  await closeTokens({ store: undefined, sources }, log, 20);
  expect(last.closed).toBe(1);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: "warn", msg: "not closed", name: "rejects", err: { message: "close failed" } },
    { level: "warn", msg: "not closed", name: "hangs", err: { message: "no answer within 20 ms" } },
  ]);
});

const NOVA = { type: "nova", database: "mysql://nova@localhost/nova", timeout: 5, max_connections: 10 } as const;

test("Nova's consoles need a message queue to be validated, or a configuration that does without", async () => {
  const without = { ...IN_MEMORY, sources: [NOVA] };
  await expect(whenOpen(openTokens(without))).rejects.toThrow(
    "tokens.sources.0 (nova): transport_url: expected a URL such as rabbit://user:password@host:5672/, with which " +
      "nova.validate_console_port asks nova-compute about each console; set that to skip",
  );
  const skipped = { ...without, nova: { ...IN_MEMORY.nova, validate_console_port: "skip" } } as const;
  const configured = { ...IN_MEMORY, sources: [{ ...NOVA, transport_url: "rabbit://localhost" }] };
  const ofCells = { ...IN_MEMORY, sources: [{ ...NOVA, api_database: "mysql://nova@localhost/nova_api" }] };
  for (const options of [skipped, configured, ofCells]) {
    const opened = openTokens(options);
    await whenOpen(opened);
    await closeTokens(opened, SILENT);
  }
});

test("a file for TLS to the message queue that cannot be read is named", async () => {
  const rpc = { ...RPC_DEFAULTS, ssl: true, ssl_ca_file: "/dev/null/ca.pem" };
  const sources = [{ ...NOVA, transport_url: "rabbit://localhost" }];
  const opened = openTokens({ ...IN_MEMORY, sources, nova: { ...IN_MEMORY.nova, rpc } });
  await expect(whenOpen(opened)).rejects.toThrow(/^tokens.sources.0 \(nova\): ssl_ca_file: ENOTDIR/);
});
