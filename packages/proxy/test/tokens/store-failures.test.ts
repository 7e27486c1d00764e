import { type ByteServer, startByteServer } from "@curfew/testing";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminClient } from "../../src/admin/client.ts";
import { Client } from "../support/client.ts";
import { Command } from "../support/command.ts";
import { FileLock } from "../support/file-lock.ts";
import { fillDisk, freeDisk } from "../support/full-disk.ts";
import { TestFolder } from "../support/folder.ts";

const KEY = "the-key-of-the-admin-api";

/** A gateway in a process of its own, with its token store in a file. */
class FileGateway implements AsyncDisposable {
  readonly command: Command;
  readonly host: string;
  readonly adminUrl: string;
  readonly admin: AdminClient;

  private constructor(command: Command, host: string, adminUrl: string) {
    this.command = command;
    this.host = host;
    this.adminUrl = adminUrl;
    this.admin = new AdminClient({ url: adminUrl, key: KEY });
  }

  /** @param folder - where its token store is. */
  static async start({ path: folder }: { readonly path: string }, workers = 1): Promise<FileGateway> {
    const flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--workers", String(workers)];
    const env = { CURFEW_ADMIN_KEY: KEY, CURFEW_TOKENS_PATH: storeIn(folder) };
    const command = new Command(["serve", ...flags], env);
    const [, host = ""] = await command.printed(/listens at http:\/\/(\S+)/);
    const [, adminUrl = ""] = await command.printed(/admin API at (\S+)/);
    return new FileGateway(command, host, adminUrl);
  }

  get pid(): number {
    return this.command.process.pid ?? 0;
  }

  /** A token with as many sessions. */
  async open(sessions: number): Promise<{ id: string; token: string; clients: readonly Client[] }> {
    const { id, token } = await this.admin.issueToken({ type: "serial", target: target.address });
    const clients = Array.from({ length: sessions }, () => new Client(this.host, token));
    await Promise.all(clients.map((client) => client.message("hello")));
    return { id, token, clients };
  }

  /** What `/readyz` answers. */
  async ready(): Promise<string> {
    return await (await fetch(`${this.adminUrl}/readyz`)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.command[Symbol.asyncDispose]();
  }
}

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const makeFolder = async () => await TestFolder.create();

const storeIn = (folder: string): string => join(folder, "tokens.db");

const reasons = async (clients: readonly Client[]): Promise<ReadonlySet<string>> =>
  new Set(await Promise.all(clients.map(async ({ closed }) => (await closed).reason)));

const opens = async (gateway: FileGateway, token: string): Promise<string> => {
  using client = new Client(gateway.host, token);
  return await Promise.race([client.closed.then(({ reason }) => reason), client.message("hello").then(() => "opened")]);
};

describe.concurrent.each([1, 2])("rule 12 with %i workers", (workers) => {
  test.skipIf(process.platform !== "linux")(
    "a revocation that the full disk refuses ends the sessions",
    async ({ expect }) => {
      await using folder = await makeFolder();
      await using gateway = await FileGateway.start(folder, workers);
      const { id, token, clients } = await gateway.open(4);
      await fillDisk(gateway.pid);
      await expect.poll(() => gateway.ready()).toBe("not ready: tokens.store");
      for (let times = 0; times < 2; times += 1) {
        await expect(gateway.admin.revokeToken(id)).rejects.toMatchObject({
          status: 503,
          message: expect.stringContaining("the revocation is not written: the token store failed") as string,
        });
        expect(await reasons(clients)).toEqual(new Set(["session_terminated"]));
        expect(await opens(gateway, token)).toBe("token_invalid");
      }
      await expect.poll(() => gateway.ready()).toBe("not ready: tokens.store, revocations");
      await expect.poll(() => gateway.command.stderr).toContain("revocation not written, is tried again");
      await freeDisk(gateway.pid);
      await expect.poll(() => gateway.command.stderr).toContain('"msg":"revocation written"');
      await expect.poll(() => gateway.ready()).toBe("ready");
      gateway.command.process.kill("SIGKILL");
      await gateway.command.exited;
      await using next = await FileGateway.start(folder, workers);
      expect(await opens(next, token)).toBe("token_invalid");
    },
  );

  test("one that another process' lock holds up ends the sessions at once", async ({ expect }) => {
    await using folder = await makeFolder();
    await using gateway = await FileGateway.start(folder, workers);
    const { id, token, clients } = await gateway.open(2);
    await using lock = await FileLock.take(storeIn(folder.path), "writers");
    const revoked = gateway.admin.revokeToken(id).catch((error: unknown) => error);
    expect(await reasons(clients)).toEqual(new Set(["session_terminated"]));
    expect(await opens(gateway, token)).toBe("token_invalid");
    await lock.release();
    await revoked;
    await expect.poll(() => gateway.ready()).toBe("ready");
  });

  test("one at another gateway with the same store ends the sessions here", async () => {
    await using folder = await makeFolder();
    await using gateway = await FileGateway.start(folder, workers);
    await using other = await FileGateway.start(folder);
    const { id, token, clients } = await gateway.open(4);
    await other.admin.revokeToken(id);
    expect(await reasons(clients)).toEqual(new Set(["session_terminated"]));
    expect(await opens(gateway, token)).toBe("token_invalid");
  });
});

test.concurrent("what the store cannot do now is answered with 503 and the cause, logged and counted", async ({
  expect,
}) => {
  await using folder = await makeFolder();
  await using gateway = await FileGateway.start(folder);
  await using lock = await FileLock.take(storeIn(folder.path), "writers");
  await expect.poll(() => gateway.ready()).toBe("ready");
  await expect(gateway.admin.issueToken({ type: "serial", target: target.address })).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining("the token store failed: database is locked") as string,
  });
  const failed = (): string | undefined => gateway.command.stderr.split("\n").find((line) => line.includes("failed"));
  await expect.poll(failed).toBeDefined();
  expect(JSON.parse(failed() ?? "")).toMatchObject({
    level: "warn",
    status: 503,
    method: "POST",
    path: "/v1/tokens",
    client: "127.0.0.1",
    detail: "the token store failed: database is locked",
    msg: "admin request failed",
  });
  expect(await gateway.admin.metrics()).toContain('curfew_admin_failures_total{status="503"} 1\n');
  await lock.release();
});
