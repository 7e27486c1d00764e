import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { findPassedSockets } from "../src/config/passed-sockets.ts";
import { Command } from "./support/command.ts";

const ENV = { CURFEW_ADMIN_KEY: "the-admin-key-of-the-tests", CURFEW_TOKENS_PATH: ":memory:" };
const FREE = { ...ENV, CURFEW_LISTEN: "127.0.0.1:0", CURFEW_ADMIN_LISTEN: "127.0.0.1:0" };

/** A socket that listens. Node does not say its descriptor in a documented way. */
async function listen(): Promise<{ fd: number; port: number; server: Server }> {
  const server: Server & { readonly _handle?: { readonly fd: number } } = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { _handle: handle } = server;
  return { fd: handle?.fd ?? -1, port: (server.address() as AddressInfo).port, server };
}

test("sockets that are passed take the place of listen and admin.listen, by their names", async () => {
  const [admin, publicOne] = [await listen(), await listen()];
  const env = { ...ENV, LISTEN_FDNAMES: "admin:public" };
  await using command = new Command(["serve"], env, { sockets: [admin.fd, publicOne.fd] });
  // This process would accept connections, too.
  for (const { server } of [admin, publicOne]) server.close();
  await command.printed(new RegExp(`listens at http://127.0.0.1:${publicOne.port}\\n`));
  await command.printed(new RegExp(`admin API at http://127.0.0.1:${admin.port}\\n`));
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${publicOne.port}/readyz`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${admin.port}/v1/sessions`)).status).toBe(401);
  command.process.kill("SIGTERM");
  expect(await command.exited).toBe(0);
});

test("one alone is the public listener's", async () => {
  const { fd, port, server } = await listen();
  await using command = new Command(["serve"], { ...FREE, LISTEN_FDNAMES: "curfew.socket" }, { sockets: [fd] });
  server.close();
  await command.printed(new RegExp(`listens at http://127.0.0.1:${port}\\n`));
});

test("one that does not listen is refused in clear words", async () => {
  await using command = new Command(["serve"], { ...FREE, LISTEN_FDNAMES: "admin" }, { sockets: [0] });
  expect(await command.exited).toBe(1);
  expect(command.stderr).toContain("admin.listen_fd: descriptor 3 is no socket that listens: ");
});

test.each([
  [{}, {}, []],
  [{ LISTEN_PID: "2", LISTEN_FDS: "1" }, {}, []],
  [{ LISTEN_PID: "1", LISTEN_FDS: "0" }, {}, []],
  [{ LISTEN_PID: "1", LISTEN_FDS: "1" }, { listen_fd: 3 }, []],
  [{ LISTEN_PID: "1", LISTEN_FDS: "1", LISTEN_FDNAMES: "admin" }, { admin: { listen_fd: 3 } }, []],
  [{ LISTEN_PID: "1", LISTEN_FDS: "2", LISTEN_FDNAMES: "public:admin" }, { listen_fd: 3, admin: { listen_fd: 4 } }, []],
  [
    { LISTEN_PID: "1", LISTEN_FDS: "x" },
    {},
    ['LISTEN_FDS: expected the number of sockets that are passed, but got "x"'],
  ],
  [{ LISTEN_PID: "1" }, {}, ['LISTEN_FDS: expected the number of sockets that are passed, but got ""']],
  [
    { LISTEN_PID: "1", LISTEN_FDS: "2", LISTEN_FDNAMES: "public:curfew.socket" },
    {},
    [
      'LISTEN_FDNAMES: expected public or admin as the name of each of 2 sockets (FileDescriptorName=), but got "curfew.socket"',
    ],
  ],
  [
    { LISTEN_PID: "1", LISTEN_FDS: "2", LISTEN_FDNAMES: "public:public" },
    {},
    ["LISTEN_FDNAMES: expected one socket of the name public, but got 2"],
  ],
])("%j", (env, written, problems) => {
  expect(findPassedSockets(env, 1)).toEqual({ written, problems });
});
