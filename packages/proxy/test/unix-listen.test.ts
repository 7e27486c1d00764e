import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { lstatSync, renameSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { TestFolder } from "./support/folder.ts";
import { TestGateway } from "./support/gateway.ts";

async function connected(path: string): Promise<Socket> {
  const socket = connect({ path });
  await once(socket, "connect");
  return socket;
}

test("a gateway listens at a Unix socket with its permissions, for many clients at once", async () => {
  await using folder = await TestFolder.create();
  await using target = await startByteServer({ mode: "echo" });
  const path = folder.join("gateway.sock");
  const gateway = await TestGateway.start({ config: { unix_listen: path, unix_listen_mode: "0620" } });
  expect(lstatSync(path).mode & 0o777).toBe(0o620);
  const { token } = await gateway.token(target.address);
  const clients = [];
  for (let count = 0; count < 3; count += 1) {
    const client = new Client("localhost", token, { connection: await connected(path) });
    clients.push(client);
    await client.message("hello");
  }
  for (const client of clients) {
    client.socket.send(Buffer.from("hello"));
    await client.bytes(5);
    client[Symbol.dispose]();
  }
  await gateway[Symbol.asyncDispose]();
  expect(() => lstatSync(path)).toThrow("ENOENT");
});

test("it is ready, replaces a socket that was left behind, and leaves one that is in use", async () => {
  await using folder = await TestFolder.create();
  const path = folder.join("gateway.sock");
  {
    await using gateway = await TestGateway.start({ config: { unix_listen: path } });
    await expect.poll(async () => await (await fetch(`${gateway.adminUrl}/readyz`)).text()).toBe("ready");
    await expect(TestGateway.start({ config: { unix_listen: path } })).rejects.toThrow(
      `unix_listen: cannot listen at ${path}: EADDRINUSE`,
    );
  }
  // A process that was killed leaves its socket behind.
  const left = createServer().listen(path);
  await once(left, "listening");
  renameSync(path, `${path}.moved`);
  left.close();
  await once(left, "close");
  renameSync(`${path}.moved`, path);
  expect(lstatSync(path).isSocket()).toBe(true);
  await using gateway = await TestGateway.start({ config: { unix_listen: path } });
  (await connected(path)).destroy();
  expect(gateway.url).toBe("http://localhost");
});

test("its own socket is no console", async () => {
  await using folder = await TestFolder.create();
  const path = folder.join("gateway.sock");
  const config = { unix_listen: path, targets: { allow: [`unix:${folder.path}/`] } };
  await using gateway = await TestGateway.start({ config });
  const { token } = await gateway.token(`unix:${path}`);
  using client = new Client("localhost", token, { connection: await connected(path) });
  expect((await client.closed).code).toBe(4003);
});
