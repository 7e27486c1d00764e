import { readFile, writeFile } from "node:fs/promises";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminClient } from "../../../src/admin/index.ts";
import { TestCertificate } from "../../support/certificate.ts";
import { Client } from "../../support/client.ts";
import { Command } from "../../support/command.ts";
import { TestFolder } from "../../support/folder.ts";
import { stopwatch } from "../../support/waited.ts";
import { Wire } from "./wire.ts";

const KEY = "the-admin-key-of-both-gateways";

let target: ByteServer;
let certificate: TestCertificate;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
  certificate = await TestCertificate.create();
});
afterAll(async () => {
  await target.close();
  certificate[Symbol.dispose]();
});

/** A gateway in a process of its own. */
class Running implements AsyncDisposable {
  readonly command: Command;
  readonly host: string;
  readonly admin: AdminClient;

  private constructor(command: Command, host: string, adminUrl: string) {
    this.command = command;
    this.host = host;
    this.admin = new AdminClient({ url: adminUrl, key: KEY, ca: certificate.pem });
  }

  static async start(config: string, env: Readonly<Record<string, string>>, wire: Wire): Promise<Running> {
    const command = new Command(["serve", "--config", config], env);
    const [, host = ""] = await command.printed(/listens at http:\/\/(\S+)/);
    const [, adminUrl = ""] = await command.printed(/API at (\S+)/);
    wire.leadTo(adminUrl);
    return new Running(command, host, adminUrl);
  }

  async token(request: { readonly single_use?: true } = {}): Promise<{ readonly id: string; readonly token: string }> {
    return await this.admin.issueToken({ type: "serial", target: target.address, ...request });
  }

  async open(token: string): Promise<Client> {
    const client = new Client(this.host, token);
    await client.message("hello");
    return client;
  }

  async outcome(token: string): Promise<string> {
    using client = new Client(this.host, token);
    const told = await Promise.race([client.message("bye"), client.message("hello")]);
    return told.type === "bye" ? told.reason : "opened";
  }

  async gateways(): Promise<number> {
    return Number(/^curfew_cluster_gateways (\d+)$/m.exec(await this.admin.metrics())?.[1]);
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.command.process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.command[Symbol.asyncDispose]();
  }
}

/** The two configurations of the document, with the addresses and files of this machine. */
async function configurations(folder: TestFolder, wires: readonly [Wire, Wire]): Promise<readonly string[]> {
  const document = await readFile(new URL("../../../../../docs/cluster.md", import.meta.url), "utf8");
  const blocks = [...document.matchAll(/^```yaml\n# (gateway-\d)\n(.*?)^```$/gms)];
  expect(blocks.map(([, name]) => name)).toEqual(["gateway-1", "gateway-2"]);
  await writeFile(folder.join("admin.pem"), certificate.pair.cert + certificate.pair.key);
  await writeFile(folder.join("ca.pem"), certificate.pem);
  await writeFile(folder.join("admin-key"), KEY, { mode: 0o400 });
  return await Promise.all(
    blocks.map(async ([, name = "", text = ""]) => {
      const file = folder.join(`${name}.yaml`);
      const here = text
        .replaceAll("https://192.0.2.11:6081", wires[0].url.replace("http:", "https:"))
        .replaceAll("https://192.0.2.12:6081", wires[1].url.replace("http:", "https:"))
        .replaceAll(/(?:0\.0\.0\.0|192\.0\.2\.1\d):608\d/g, "127.0.0.1:0")
        .replaceAll("/etc/curfew/", `${folder.path}/`);
      await writeFile(file, here);
      return file;
    }),
  );
}

test("the two gateways of the document, one with workers, are one, also after each stood still", async () => {
  await using folder = await TestFolder.create();
  await using first = await Wire.open();
  await using second = await Wire.open();
  const [one = "", two = ""] = await configurations(folder, [first, second]);
  const starting = [
    Running.start(one, { CURFEW_TOKENS_PATH: folder.join("1.db") }, first),
    Running.start(
      two,
      { CURFEW_TOKENS_PATH: folder.join("2.db"), CURFEW_WORKERS: "2", CURFEW_LOG_LEVEL: "debug" },
      second,
    ),
  ] as const;
  await using issuer = await starting[0];
  await using other = await starting[1];
  await expect.poll(async () => [await issuer.gateways(), await other.gateways()]).toEqual([2, 2]);

  // Tokens, also those that are used once, whichever process gets them.
  const [revoked, kept, late] = await Promise.all([issuer.token(), issuer.token(), issuer.token()]);
  using client = await other.open(revoked.token);
  const once = (await issuer.token({ single_use: true })).token;
  const outcomes = await Promise.all([issuer, other, other, other].map(async (gateway) => await gateway.outcome(once)));
  expect(outcomes.toSorted()).toEqual(["opened", "token_invalid", "token_invalid", "token_invalid"]);
  expect((await issuer.admin.listSessions()).sessions.map(({ gateway }) => gateway)).toContain("gateway-2");
  const workers = other.command.logged("worker listens").map(({ worker }) => Number(worker));
  const elapsed = stopwatch([
    process.pid,
    ...[issuer, other].map(({ command }) => command.process.pid ?? 0),
    ...workers,
  ]);
  await issuer.admin.revokeToken(revoked.id);
  expect((await client.message("bye")).reason).toBe("session_terminated");
  expect(elapsed()).toBeLessThan(250);
  expect(await other.outcome(revoked.token)).toBe("token_invalid");

  // The issuer stands still: its tokens open nothing, and what is revoked meanwhile holds once it goes on.
  using running = await other.open(kept.token);
  issuer.signal("SIGSTOP");
  expect(await other.outcome(kept.token)).toBe("server_busy");
  await expect.poll(async () => await other.gateways()).toBe(1);
  await expect(other.admin.revokeToken(kept.id)).rejects.toMatchObject({ status: 503 });
  expect((await running.message("bye")).reason).toBe("session_terminated");
  issuer.signal("SIGCONT");
  await expect.poll(async () => await issuer.outcome(kept.token)).toBe("token_invalid");
  await expect.poll(async () => await other.outcome(kept.token)).toBe("token_invalid");

  // The other one stands still, with its sessions in workers that go on, and is not told.
  using left = await other.open(late.token);
  other.signal("SIGSTOP");
  second.set("refuses");
  await expect(issuer.admin.revokeToken(late.id)).rejects.toMatchObject({
    status: 500,
    unavailable: [{ member: "gateway gateway-2" }],
  });
  other.signal("SIGCONT");
  expect((await left.message("bye")).reason).toBe("session_terminated");
});
