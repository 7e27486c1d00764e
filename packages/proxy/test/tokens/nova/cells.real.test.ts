import { NovaDatabase, type System } from "@curfew/conformance/cloud";
import { randomUUID } from "node:crypto";
import { type DatabaseServer, startMariaDb, startPostgreSql } from "@curfew/testing/real";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CellsOptions } from "../../../src/tokens/nova/cells.ts";
import { type Clock, systemClock } from "../../../src/time/clock.ts";
import { NovaTokenSource } from "../../../src/tokens/nova/nova-source.ts";
import { Client } from "../../support/client.ts";
import { SettableClock } from "../../support/clock.ts";
import { TestGateway } from "../../support/gateway.ts";
import { startByteServer } from "../../support/targets.ts";
import { lookupContext } from "../contract-suite.ts";

const CELL0 = "00000000-0000-0000-0000-000000000000";
const AWAY = "mysql+pymysql://nova:x@127.0.0.1:1/nova_cell9";

let servers: Readonly<Record<System, DatabaseServer>>;

beforeAll(async () => {
  const [mysql, postgresql] = await Promise.all([startMariaDb(), startPostgreSql()]);
  servers = { mysql, postgresql };
});

afterAll(async () => {
  await Promise.all([servers.mysql.stop(), servers.postgresql.stop()]);
});

describe.each(["mysql", "postgresql"] as const)("several cells on a real server (%s)", (system) => {
  /** An API database with two cells, of which the second is given by a template, and cell 0, which is away. */
  async function setUp() {
    const [api, first, second] = await Promise.all([
      NovaDatabase.api(system, servers[system]),
      NovaDatabase.cell(system, servers[system], "2024.1"),
      NovaDatabase.cell(system, servers[system], "master"),
    ]);
    const template = second.url().replace(/:\/\/.*\//, "://{username}:{password}@{hostname}:{port}/");
    await api.addCell(CELL0, "cell0", AWAY, "none:///");
    await api.addCell(randomUUID(), "cell1", first.url(), "rabbit://one/");
    await api.addCell(randomUUID(), "cell2", template, "rabbit://{username}@{hostname}/two");
    return { api, first, second };
  }

  async function open(
    api: NovaDatabase,
    database: NovaDatabase,
    more: Partial<CellsOptions> = {},
  ): Promise<NovaTokenSource & AsyncDisposable> {
    const options = {
      database: database.url(),
      api_database: api.url(),
      transport_url: "rabbit://nova:secret@queue/",
      timeout: 5,
      max_connections: 10,
    };
    const source = await NovaTokenSource.open({ options, validation: undefined, refreshMs: 0, ...more });
    return Object.assign(source, { [Symbol.asyncDispose]: async () => await source.close() });
  }

  test("a token is found in whichever cell has it, and the validation learns which that is", async () => {
    const { api, first, second } = await setUp();
    const cells: unknown[] = [];
    const isValid = async ({ cell: { name, transportUrl } }: { cell: { name: string; transportUrl: unknown } }) =>
      cells.push([name, transportUrl]) > 0;
    await using source = await open(api, first, { validation: { instanceColumns: [], isValid } });
    for (const database of [first, second]) {
      const { token, instance } = await database.addToken();
      expect(await source.resolve(token, lookupContext())).toMatchObject({ instance });
    }
    expect(cells).toEqual([
      ["cell1", "rabbit://one/"],
      ["cell2", "rabbit://nova@queue/two"],
    ]);
    expect(await source.resolve("unknown", lookupContext())).toBeUndefined();
    await source.health(new AbortController().signal);
  });

  test("where TLS is optional, a server without it is found out before many lookups wait for it", async () => {
    const database = await NovaDatabase.cell(system, servers[system]);
    const url = database.url(system === "mysql" ? "?ssl_mode=PREFERRED" : "?sslmode=prefer");
    const options = { database: url, timeout: 5, max_connections: 10 };
    const source = await NovaTokenSource.open({ options, validation: undefined });
    const { token, instance } = await database.addToken();
    const lookups = Array.from({ length: 50 }, async () => await source.resolve(token, lookupContext()));
    expect(new Set((await Promise.all(lookups)).map((grant) => grant?.instance))).toEqual(new Set([instance]));
    await source.close();
  });

  test("while a cell is away, tokens of the others open, and no token is called unknown", async () => {
    const { api, first } = await setUp();
    await api.addCell(randomUUID(), "cell9", AWAY, "none:///");
    await using source = await open(api, first);
    const { token } = await first.addToken();
    expect(await source.resolve(token, lookupContext())).toBeDefined();
    await expect(source.resolve("unknown", lookupContext())).rejects.toThrow("cell9 of Nova did not answer");
    await expect(source.health(new AbortController().signal)).rejects.toThrow("cell9 of Nova did not answer");
  });

  test("a cell whose mapping cannot be used is named, without its password", async () => {
    const { api, first } = await setUp();
    await api.addCell(randomUUID(), "cell9", "oracle://nova:hunter2@db/nova", "none:///");
    await using source = await open(api, first);
    const { token } = await first.addToken();
    expect(await source.resolve(token, lookupContext())).toBeDefined();
    const error = await source.resolve("unknown", lookupContext()).catch((reason: unknown) => reason);
    expect(String(error)).toContain("the cell cell9 cannot be opened");
    expect(String(error)).not.toContain("hunter2");
  });

  test("a new cell is noticed, and while the API database is away the known ones go on", async () => {
    const { api, first, second } = await setUp();
    await using source = await open(api, first);
    const { token } = await second.addToken();
    expect(await source.resolve(token, lookupContext())).toBeDefined();
    const third = await NovaDatabase.cell(system, servers[system]);
    await api.addCell(randomUUID(), "cell3", third.url(), "none:///");
    const added = await third.addToken();
    expect(await source.resolve(added.token, lookupContext())).toBeDefined();
    await api.execute("ALTER TABLE cell_mappings RENAME TO hidden");
    expect(await source.resolve(token, lookupContext())).toBeDefined();
    await expect(source.resolve("unknown", lookupContext())).rejects.toThrow(
      "the API database does not tell the cells",
    );
    await expect(source.health(new AbortController().signal)).rejects.toThrow("does not tell the cells");
  });

  test("a cell that moves to another database takes the checks of its sessions along", async () => {
    const { api, first, second } = await setUp();
    await using source = await open(api, first);
    const row = await second.addToken();
    const grant = await source.resolve(row.token, lookupContext());
    if (grant?.revalidation === undefined) throw new Error("the grant is not checked");
    const signal = new AbortController().signal;
    expect(await grant.revalidation.check([grant], signal)).toEqual([undefined]);
    const elsewhere = await NovaDatabase.cell(system, servers[system]);
    await api.execute("UPDATE cell_mappings SET database_connection = ? WHERE name = ?", [elsewhere.url(), "cell2"]);
    expect(await source.resolve("unknown", lookupContext())).toBeUndefined();
    expect(await grant.revalidation.check([grant], signal)).toMatchObject([{ detail: "the instance was deleted" }]);
  });
});

describe("sessions of a gateway on a real MariaDB", () => {
  async function setUp(clock: Clock = systemClock) {
    const target = await startByteServer({ mode: "sink" });
    const [host = "", port = ""] = target.address.split(":");
    const database = await NovaDatabase.cell("mysql", servers.mysql);
    const gateway = await TestGateway.start({
      clock,
      config: {
        nova: { revalidate_interval: 0.05, validate_console_port: "skip" },
        tokens: { sources: [{ type: "nova", database: database.url(), timeout: 2 }] },
      },
    });
    const row = { consoleType: "serial", host, port: Number(port) };
    return {
      target,
      database,
      gateway,
      row,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await target.close();
      },
    };
  }

  test("a session ends in the very second of `expires`, and never before it", async () => {
    const clock = new SettableClock();
    await using made = await setUp(clock);
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const { token } = await made.database.addToken({ ...made.row, expires });
    using client = new Client(made.gateway.host, token);
    await client.message("hello");
    clock.leave(1500, expires * 1000);
    expect((await client.closed).reason).toBe("session_expired");
    expect(clock.wall()).toBeGreaterThanOrEqual(expires * 1000);
    const [end] = made.gateway.logged("session ended");
    expect(end?.["late_ms"]).toBeLessThan(900);
    using again = new Client(made.gateway.host, token);
    expect((await again.closed).reason).toBe("token_expired");
  });

  test("an instance that is deleted and a row that is removed end their sessions", async () => {
    await using made = await setUp();
    const [deleted, removed] = [await made.database.addToken(made.row), await made.database.addToken(made.row)];
    using first = new Client(made.gateway.host, deleted.token);
    using second = new Client(made.gateway.host, removed.token);
    await Promise.all([first.message("hello"), second.message("hello")]);
    await made.database.deleteInstance(deleted.instance);
    await first.closed;
    await made.database.deleteToken(removed);
    await second.closed;
    expect(made.gateway.logged("session ended")).toMatchObject([
      { reason: "instance_deleted", detail: "the instance was deleted" },
      { reason: "console_moved", detail: "the console has moved, or access was withdrawn" },
    ]);
  });

  test("a live migration that writes another host ends the session", async () => {
    await using made = await setUp();
    const row = await made.database.addToken(made.row);
    using client = new Client(made.gateway.host, row.token);
    await client.message("hello");
    await made.database.execute("UPDATE console_auth_tokens SET host = '127.0.0.9'");
    await client.closed;
    expect(made.gateway.logged("session ended")).toMatchObject([{ detail: expect.stringContaining("has moved") }]);
  });

  test("while the database is away sessions go on, none opens, and `/readyz` says so; afterwards all is checked again", async () => {
    await using made = await setUp();
    const row = await made.database.addToken(made.row);
    using client = new Client(made.gateway.host, row.token);
    await client.message("hello");
    await servers.mysql.kill();
    await expect.poll(() => made.gateway.logged("sessions not checked").length).toBe(1);
    using refused = new Client(made.gateway.host, row.token);
    expect((await refused.closed).reason).toBe("lookup_failed");
    await expect
      .poll(async () => await (await fetch(`http://${made.gateway.host}/readyz`)).text())
      .toBe("not ready: tokens.sources.0 (nova)");
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    await servers.mysql.start();
    await expect.poll(() => made.gateway.logged("sessions checked again").length).toBe(1);
    await made.database.deleteInstance(row.instance);
    await client.closed;
    await expect.poll(async () => (await fetch(`http://${made.gateway.host}/readyz`)).status).toBe(200);
  });
});
