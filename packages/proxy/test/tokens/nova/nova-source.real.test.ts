import { NovaDatabase, type Release, RELEASES, type System } from "@curfew/conformance/cloud";
import { randomUUID } from "node:crypto";
import { SqlConsoleWriter } from "@curfew/conformance";
import { type DatabaseServer, startMariaDb, startPostgreSql } from "@curfew/testing/real";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/sha256.ts";
import type { Grant } from "../../../src/tokens/grant.ts";
import type { CellsOptions } from "../../../src/tokens/nova/cells.ts";
import { NovaTokenSource } from "../../../src/tokens/nova/nova-source.ts";
import type { NovaConsole } from "../../../src/tokens/nova/options.ts";
import { ComputeVersion } from "../../../src/tokens/nova/rpc/compute-version.ts";
import { TestCertificate } from "../../support/certificate.ts";
import { describeTokenSource, lookupContext } from "../contract-suite.ts";

const OPTIONS = { timeout: 5, max_connections: 10 };

interface Running {
  readonly server: DatabaseServer;
  readonly certificate: TestCertificate;
}

const systems = [
  ["mysql", startMariaDb],
  ["postgresql", startPostgreSql],
] as const;

describe.each(systems)("on a real server (%s)", (system: System, start) => {
  let running: Running;

  beforeAll(async () => {
    const certificate = await TestCertificate.create();
    running = { server: await start({ tls: certificate }), certificate };
  });

  afterAll(async () => {
    await running.server.stop();
    running.certificate[Symbol.dispose]();
  });

  const newCell = async (release?: Release): Promise<NovaDatabase> =>
    await NovaDatabase.cell(system, running.server, release);

  const open = async (
    options: Partial<CellsOptions["options"]>,
    more: Partial<CellsOptions> = {},
  ): Promise<NovaTokenSource & AsyncDisposable> => {
    const source = await NovaTokenSource.open({ options: { ...OPTIONS, ...options }, validation: undefined, ...more });
    return Object.assign(source, { [Symbol.asyncDispose]: async () => await source.close() });
  };

  let shared: Promise<NovaDatabase> | undefined;

  describeTokenSource(`nova (${system})`, async () => {
    const database = await (shared ??= newCell());
    const source = await open({ database: database.url(), timeout: 4 });
    const row = await database.addToken({ internalAccessPath: "path", tlsPort: 5902 });
    return {
      source,
      known: {
        token: row.token,
        grant: {
          type: "vnc",
          endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 },
          instance: row.instance,
          name: "web",
          user: undefined,
          access: "control",
          expiresAt: row.expires * 1000,
          internalAccessPath: "path",
          tlsPort: 5902,
          accessUrlBase: "https://dash.example/vnc_lite.html",
        },
      },
      stop: async () => await running.server.kill(),
      restart: async () => await running.server.start(),
      [Symbol.asyncDispose]: async () => await source.close(),
    };
  });

  test("the validation learns the lowest version of a nova-compute that counts", async () => {
    const database = await newCell();
    let version: number | undefined;
    const isValid = async ({ cell }: NovaConsole, signal: AbortSignal): Promise<boolean> => {
      version = await new ComputeVersion(cell).current(signal);
      return true;
    };
    const { token } = await database.addToken();
    const lookUp = async (): Promise<number | undefined> => {
      await using source = await open({ database: database.url() }, { validation: { instanceColumns: [], isValid } });
      await source.resolve(token, lookupContext());
      return version;
    };
    expect(await lookUp()).toBeUndefined();
    await database.addService("nova-compute", 73);
    await database.addService("nova-compute", 71);
    await database.addService("nova-conductor", 60);
    await database.addService("nova-compute", 61, { deleted: 5 });
    await database.addService("nova-compute", 62, { forcedDown: true });
    expect(await lookUp()).toBe(71);
  });

  test.each(Object.keys(RELEASES) as Release[])("reads the rows of %s", async (release) => {
    const database = await newCell(release);
    await using source = await open({ database: database.url() });
    const row = await database.addToken({ consoleType: "serial", port: 10_000, tlsPort: 10_001, accessUrlBase: null });
    expect(await source.resolve(row.token, lookupContext())).toMatchObject({
      tokenId: sha256(row.token).toString("hex"),
      type: "serial",
      endpoint: { type: "tcp", host: "127.0.0.1", port: 10_000 },
      instance: row.instance,
      expiresAt: row.expires * 1000,
      internalAccessPath: undefined,
      tlsPort: RELEASES[release] ? 10_001 : undefined,
      accessUrlBase: "",
    });
  });

  test.each(Object.keys(RELEASES) as Release[])("reads what the conformance suite writes into %s", async (release) => {
    const database = await newCell(release);
    // Another one on the same server, with other columns.
    await newCell(RELEASES[release] ? "2024.1" : "master");
    await using source = await open({ database: database.url() });
    const writer = await SqlConsoleWriter.open(database.url());
    const expires = Math.floor(Date.now() / 1000) + 60;
    const place = { host: "127.0.0.1", port: 5901, internalAccessPath: "path", accessUrlBase: "http://dash.example/" };
    const row = await writer.issue({ type: "novnc", expires, ...place });
    expect(await source.resolve(row.token, lookupContext())).toMatchObject({
      type: "vnc",
      endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 },
      instance: row.instance,
      expiresAt: expires * 1000,
      internalAccessPath: "path",
    });
    await writer.deleteInstance(row);
    await expect(source.resolve(row.token, lookupContext())).rejects.toMatchObject({ reason: "instance_deleted" });
    await writer.close();
    expect(await source.resolve(row.token, lookupContext())).toBeUndefined();
  });

  test("an upgrade of the database while the gateway runs changes nothing but what there is to read", async () => {
    const database = await newCell("2024.1");
    await using source = await open({ database: database.url() });
    const row = await database.addToken();
    expect(await source.resolve(row.token, lookupContext())).toMatchObject({ tlsPort: undefined });
    await database.execute("ALTER TABLE console_auth_tokens ADD COLUMN tls_port INTEGER");
    await database.execute("UPDATE console_auth_tokens SET tls_port = 5999");
    expect(await source.resolve(row.token, lookupContext())).toMatchObject({ tlsPort: 5999 });
  });

  test("an expired token gives its expired grant, and asks no validation", async () => {
    const database = await newCell();
    const asked: NovaConsole[] = [];
    await using source = await open(
      { database: database.url() },
      { validation: { instanceColumns: [], isValid: async (console) => asked.push(console) > 0 } },
    );
    const row = await database.addToken({ expires: Math.floor(Date.now() / 1000) });
    expect(await source.resolve(row.token, lookupContext())).toMatchObject({ expiresAt: row.expires * 1000 });
    expect(asked).toEqual([]);
  });

  test("a console whose instance is deleted or does not exist is refused", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const row = await database.addToken();
    const without = await database.addToken({ instance: randomUUID() });
    await database.deleteInstance(row.instance);
    const refusal = { reason: "instance_deleted", message: "the instance was deleted" };
    await expect(source.resolve(row.token, lookupContext())).rejects.toMatchObject(refusal);
    await expect(source.resolve(without.token, lookupContext())).rejects.toMatchObject(refusal);
  });

  test.each(["webmks", "spice-direct", "rdp-html5"])("a console of the type %s is refused with words", async (type) => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const { token } = await database.addToken({ consoleType: type });
    await expect(source.resolve(token, lookupContext())).rejects.toMatchObject({
      reason: "forbidden",
      message: `this gateway has no consoles of the type "${type}"`,
    });
  });

  test("the validation gets the row and the columns of the instance that it wants, and may refuse", async () => {
    const database = await newCell();
    const asked: NovaConsole[] = [];
    const isValid = async (console: NovaConsole): Promise<boolean> => asked.push(console) > 1;
    await using source = await open(
      { database: database.url() },
      { validation: { instanceColumns: ["vm_state", "host"], isValid } },
    );
    const { token, instance } = await database.addToken();
    await expect(source.resolve(token, lookupContext())).rejects.toMatchObject({ reason: "console_moved" });
    expect(await source.resolve(token, lookupContext())).toMatchObject({ instance });
    expect(asked[0]).toMatchObject({
      consoleType: "novnc",
      port: 5901,
      instance: { uuid: instance, host: "compute1", display_name: "web", vm_state: "active" },
    });
  });

  test("many lookups at once use at most ten connections, which are kept for the next ones", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const { token, instance } = await database.addToken();
    const grants = await Promise.all(
      Array.from({ length: 200 }, async () => await source.resolve(token, lookupContext())),
    );
    expect(new Set(grants.map((grant) => grant?.instance))).toEqual(new Set([instance]));
    const opened = await database.connections();
    expect(opened).toBeGreaterThan(0);
    expect(opened).toBeLessThanOrEqual(10);
  });

  test("connections that the server has closed meanwhile are replaced without a failed lookup", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const { token } = await database.addToken();
    const lookUp = async (): Promise<unknown> =>
      await Promise.all(Array.from({ length: 30 }, async () => await source.resolve(token, lookupContext())));
    await lookUp();
    await running.server.kill();
    await running.server.start();
    await lookUp();
  });

  test("a lookup whose connection breaks is repeated on another one", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const { token, instance } = await database.addToken();
    await source.resolve(token, lookupContext());
    let lookup: Promise<Grant | undefined> | undefined;
    await database.killLookup(() => {
      lookup = source.resolve(token, lookupContext());
      // Handled below.
      lookup.catch(() => {});
    });
    expect(await lookup).toMatchObject({ instance });
  });

  test("a server that hangs fails lookups in time, and those after it goes on work again", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url(), timeout: 2 });
    const { token } = await database.addToken();
    await source.resolve(token, lookupContext());
    running.server.freeze();
    try {
      const failed = await Promise.allSettled(
        Array.from({ length: 30 }, async () => await source.resolve(token, lookupContext())),
      );
      expect(failed.filter(({ status }) => status === "fulfilled")).toEqual([]);
      await expect(source.health(new AbortController().signal)).rejects.toThrow("did not answer");
    } finally {
      running.server.thaw();
    }
    await expect.poll(async () => await source.resolve(token, lookupContext()).catch(() => undefined)).toBeDefined();
  });

  test("a lookup that is no longer needed is given up at once, and keeps its connection", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    const { token } = await database.addToken();
    const gone = new AbortController();
    const lookup = source.resolve(token, lookupContext({ signal: gone.signal }));
    gone.abort(new Error("the client left"));
    await expect(lookup).rejects.toThrow("the client left");
    expect(await source.resolve(token, lookupContext())).toBeDefined();
  });

  test("missing rights show in the health check and fail lookups", async () => {
    const database = await newCell();
    await using source = await open({ database: database.url() });
    await database.execute("DROP TABLE instances");
    await expect(source.health(new AbortController().signal)).rejects.toThrow(
      "the cell database of Nova did not answer",
    );
    await expect(source.resolve("any", lookupContext())).rejects.toThrow("did not answer");
  });

  test("a Unix socket is used in place of the address", async () => {
    const database = await newCell();
    const { token } = await database.addToken();
    const { socket, port } = running.server;
    const query = system === "mysql" ? `?unix_socket=${socket}` : `?host=${socket}`;
    const url = database.url(query).replace(/@127\.0\.0\.1:\d+/, `@nowhere.invalid:${port}`);
    await using source = await open({ database: url });
    expect(await source.resolve(token, lookupContext())).toBeDefined();
  });

  describe("over TLS", () => {
    const query = (mode: string, ca: string): string => {
      if (system === "postgresql") return `?sslmode=${mode}&sslrootcert=${ca}`;
      return `?ssl_ca=${ca}&ssl_check_hostname=${mode === "verify-full"}`;
    };

    test("the right authority is accepted, with and without the server's name", async () => {
      const database = await newCell();
      const { token } = await database.addToken();
      for (const mode of ["verify-ca", "verify-full"]) {
        await using source = await open({ database: database.url(query(mode, running.certificate.cert)) });
        expect(await source.resolve(token, lookupContext()), mode).toBeDefined();
      }
    });

    test("another authority is refused", async () => {
      const database = await newCell();
      const { token } = await database.addToken();
      using other = await TestCertificate.create();
      for (const mode of ["verify-ca", "verify-full"]) {
        await using source = await open({ database: database.url(query(mode, other.cert)) });
        const error = await source.resolve(token, lookupContext()).catch((reason: unknown) => reason);
        expect((error as Error).cause, mode).toMatchObject({
          message: expect.stringMatching(/self.signed|certificate/),
        });
      }
    });

    test("a server with another name is refused only where the name matters", async () => {
      const database = await newCell();
      const { token } = await database.addToken();
      // The server listens there, too, but its certificate names 127.0.0.1 and localhost only.
      const elsewhere = (mode: string): string =>
        database.url(query(mode, running.certificate.cert)).replace("@127.0.0.1:", "@127.0.0.2:");
      await using careless = await open({ database: elsewhere("verify-ca") });
      expect(await careless.resolve(token, lookupContext())).toBeDefined();
      await using careful = await open({ database: elsewhere("verify-full") });
      const error = await careful.resolve(token, lookupContext()).catch((reason: unknown) => reason);
      expect((error as Error).cause).toMatchObject({
        message: expect.stringContaining("IP: 127.0.0.2 is not in the cert's list"),
      });
    });
  });
});
