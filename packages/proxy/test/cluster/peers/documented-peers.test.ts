import { readFile, writeFile } from "node:fs/promises";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestCertificate } from "../../support/certificate.ts";
import { TestFolder } from "../../support/folder.ts";
import { stopwatch } from "../../support/waited.ts";
import { PeerProcess } from "./peer-process.ts";
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
  const common = { key: KEY, ca: certificate.pem };
  const starting = [
    PeerProcess.start(one, { ...common, wire: first, env: { CURFEW_TOKENS_PATH: folder.join("1.db") } }),
    PeerProcess.start(two, {
      ...common,
      wire: second,
      env: { CURFEW_TOKENS_PATH: folder.join("2.db"), CURFEW_WORKERS: "2", CURFEW_LOG_LEVEL: "debug" },
    }),
  ] as const;
  await using issuer = await starting[0];
  await using other = await starting[1];
  await expect.poll(async () => [await issuer.gateways(), await other.gateways()]).toEqual([2, 2]);

  // Tokens, also those that are used once, whichever process gets them.
  const [revoked, kept, late] = await Promise.all([
    issuer.token(target.address),
    issuer.token(target.address),
    issuer.token(target.address),
  ]);
  using client = await other.open(revoked.token);
  const once = (await issuer.token(target.address, { single_use: true })).token;
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
  // Twice the bound that peers.test.ts holds: here the disks of several processes count, too.
  expect(elapsed()).toBeLessThan(500);
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
