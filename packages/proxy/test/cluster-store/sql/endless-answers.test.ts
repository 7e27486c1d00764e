import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { expect, test } from "vitest";
import { parseDatabaseUrl } from "../../../src/database/database-url.ts";
import type { ConnectionPool, Driver } from "../../../src/database/driver.ts";
import { MYSQL } from "../../../src/database/mysql.ts";
import { POSTGRESQL } from "../../../src/database/postgresql.ts";
import { flood } from "../../support/flood.ts";

const MAX_BYTES = 1024 * 1024;
/** More than a machine keeps on the way. */
const ACCEPTED_BYTES = 48 * 1024 * 1024;

/** A message of PostgreSQL. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** The description of a column `a`, which is a text. */
const COLUMN = message(
  "T",
  Buffer.from("\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\0\0", "latin1"),
);

/** A row with a text of 50,000 bytes. */
const ROW = message("D", Buffer.concat([Buffer.from([0, 1, 0, 0, 0xc3, 0x50]), Buffer.alloc(50_000, "a")]));

/** `AuthenticationOk` and `ReadyForQuery`. */
const WELCOME = Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]);

/** `CommandComplete` and `ReadyForQuery`. */
const DONE = Buffer.concat([message("C", Buffer.from("SELECT 1\0")), message("Z", Buffer.from("I"))]);

/** A server that does with each connection what a test says. */
async function serve(greet: (socket: Socket) => void): Promise<Server & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    greet(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
}

function openPool(driver: Driver, url: string): ConnectionPool {
  const options = { tls: undefined, maxConnections: 1, connectMs: 30_000, maxAnswerBytes: MAX_BYTES };
  return driver.openPool({ settings: parseDatabaseUrl(url), ...options });
}

test.each([
  ["mysql", MYSQL, "\u00ff\u00ff\u00ff\0"],
  ["postgresql", POSTGRESQL, "R\u007f\u00ff\u00ff\u00ff"],
])("a %s server whose greeting does not end is cut off", async (system, driver, begin) => {
  let flooding: Promise<number> | undefined;
  await using server = await serve((socket) => {
    flooding = flood(socket, Buffer.from(begin, "latin1"));
  });
  const pool = openPool(driver, `${system}://curfew:x@127.0.0.1:${(server.address() as AddressInfo).port}/db`);
  await expect(pool.acquire()).rejects.toThrow(`more than ${MAX_BYTES} bytes`);
  expect(await flooding).toBeLessThan(ACCEPTED_BYTES);
  await pool.close();
});

test("a PostgreSQL server whose rows do not end is cut off, and many answers that are short enough are not too long", async () => {
  let flooding: Promise<number> | undefined;
  let questions = 0;
  await using server = await serve((socket) => {
    socket.once("data", () => {
      socket.write(WELCOME);
      socket.on("data", () => {
        questions += 1;
        if (questions === 51) flooding = flood(socket, COLUMN, ROW);
        else socket.write(Buffer.concat([COLUMN, ROW, DONE]));
      });
    });
  });
  const pool = openPool(POSTGRESQL, `postgresql://curfew:x@127.0.0.1:${(server.address() as AddressInfo).port}/db`);
  const connection = await pool.acquire();
  for (let asked = 0; asked < 50; asked += 1) await connection.query("SELECT 1", []);
  await expect(connection.query("SELECT 1", [])).rejects.toThrow(`more than ${MAX_BYTES} bytes`);
  expect(await flooding).toBeLessThan(ACCEPTED_BYTES);
  connection.destroy();
  await pool.close();
});
