import { createClient, type RedisClientType } from "@redis/client";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LabProcess } from "../../faults/lab/lab-process.ts";
import { PROGRAM } from "../../faults/lab/store-server.ts";
import { TestFolder } from "../../support/folder.ts";

const DOCUMENT = readFileSync(new URL("../../../../../docs/cluster.md", import.meta.url), "utf8");
const USERS = [...DOCUMENT.matchAll(/^ *(user \w+ o.+)$/gm)].map(([, line]) => line);

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
  const curfew = { username: "curfew", password: "secret" };
  {
    await using _ = await start(folder.path, socket);
    await ask(
      socket,
      curfew,
      async (client) => await client.multi().set("{curfew}:a", "1").set("{curfew}:b", "2").exec(),
    );
    await expect(ask(socket, {}, async (client) => await client.ping())).rejects.toThrow("NOAUTH");
  }
  await using _ = await start(folder.path, socket);
  expect(await ask(socket, curfew, async (client) => await client.mGet(["{curfew}:a", "{curfew}:b"]))).toEqual([
    "1",
    "2",
  ]);
}, 60_000);
