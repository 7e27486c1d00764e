import { createClient, type RedisClientType } from "@redis/client";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ValkeySession } from "../../../src/cluster-store/valkey/session.ts";
import { LabProcess } from "../../faults/lab/lab-process.ts";
import { PROGRAM } from "../../faults/lab/store-server.ts";
import { TestFolder } from "../../support/folder.ts";

const DOCUMENT = readFileSync(new URL("../../../../../docs/cluster.md", import.meta.url), "utf8");
const USERS = [...DOCUMENT.matchAll(/^ *(user \w+ o.+)$/gm)].map(([, line]) => line);

const CURFEW = { username: "curfew", password: "secret" };

async function start(folder: string, socket: string): Promise<LabProcess> {
  const options = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--appendonly", "yes"];
  const command = [PROGRAM, ...options, "--aclfile", join(folder, "users.acl")];
  const started = await LabProcess.start(command, { log: join(folder, "store.log") });
  const ready = new RegExp(`^${started.pid}:.*ready to accept connections`, "im");
  await started.until(() => ready.test(started.log), "accepting connections");
  return started;
}

async function ask<T>(socket: string, user: object, work: (client: RedisClientType) => Promise<T>): Promise<T> {
  const options = { ...user, disableClientInfo: true, socket: { path: socket, reconnectStrategy: false } } as const;
  const client = createClient(options) as RedisClientType;
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

test("with the users of the document, a restart loses nothing, and a password is needed", async () => {
  expect(USERS).toHaveLength(4);
  await using folder = await TestFolder.create();
  await writeFile(join(folder.path, "users.acl"), `${USERS.join("\n")}\n`);
  const socket = join(folder.path, "store.sock");
  {
    await using _ = await start(folder.path, socket);
    await ask(
      socket,
      CURFEW,
      async (client) => await client.multi().set("{curfew}:a", "1").set("{curfew}:b", "2").exec(),
    );
    await expect(ask(socket, {}, async (client) => await client.ping())).rejects.toThrow("NOAUTH");
  }
  await using _ = await start(folder.path, socket);
  expect(await ask(socket, CURFEW, async (client) => await client.mGet(["{curfew}:a", "{curfew}:b"]))).toEqual([
    "1",
    "2",
  ]);
});

/** What a gateway finds wrong with a server that has these users. */
async function problemsWith(users: readonly (string | undefined)[]): Promise<readonly string[]> {
  await using folder = await TestFolder.create();
  await writeFile(join(folder.path, "users.acl"), `${users.join("\n")}\n`);
  const socket = join(folder.path, "store.sock");
  await using _ = await start(folder.path, socket);
  return await ask(socket, CURFEW, async (client) => {
    const problems = await new ValkeySession(client, "curfew").findProblems();
    return problems.map(({ sentence, fields }) => `${sentence} (${String(fields["reason"])})`);
  });
}

test("a gateway notices a store that drops transactions when it loads its file, as far as its user may ask", async () => {
  expect(await problemsWith(USERS)).toEqual([]);
  const [, ...others] = USERS;
  const loses = expect.stringMatching(/may lose revocations when it restarts.*no permissions to run the 'set' command/);
  expect(await problemsWith(["user default off", ...others])).toEqual([loses]);
  const keys = expect.stringMatching(/may lose revocations when it restarts.*no permissions to access the/);
  expect(await problemsWith(["user default off ~other:* &* +@all", ...others])).toEqual([keys]);
  const silent = others.map((line) => line?.replace(" +acl|dryrun", ""));
  expect(await problemsWith(["user default off", ...silent])).toEqual([]);
});
