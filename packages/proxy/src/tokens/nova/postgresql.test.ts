import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { Database } from "./database.ts";
import { parseDatabaseUrl } from "../../database/database-url.ts";

/** `AuthenticationSASL` of PostgreSQL's protocol with the only way that servers have, and `AuthenticationSASLContinue`. */
const WANTS_PASSWORD = Buffer.from("R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", "latin1");
const GOES_ON = Buffer.from("R\0\0\0\x09\0\0\0\x0b-", "latin1");

test("a connection is closed whose authentication fails here, such as for want of a password", async () => {
  const closed: Promise<unknown>[] = [];
  const server = createServer((socket) => {
    closed.push(once(socket, "close"));
    const answers = [WANTS_PASSWORD, GOES_ON];
    socket.on("data", () => socket.write(answers.shift() ?? ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const settings = parseDatabaseUrl(`postgresql://nova@127.0.0.1:${port}/nova?sslmode=disable`);
  const database = await Database.open(settings, { maxConnections: 2, timeoutMs: 10_000 });
  const signal = new AbortController().signal;
  for (let count = 0; count < 3; count += 1) {
    await expect(database.query("SELECT 1", [], signal)).rejects.toThrow("password must be a string");
  }
  expect(closed).toHaveLength(3);
  await Promise.all(closed);
  await database.close();
  server.close();
});
