import assert from "node:assert/strict";
import type { ObservableCheck } from "../check.ts";
import { byToken, type Lab, type RowOptions } from "../lab/lab.ts";
import type { Client } from "../lab/client.ts";
import type { TargetConnection } from "../lab/target.ts";

const PATH: RowOptions = { internalAccessPath: "vmid" };

/** Answers the proxy's CONNECT. */
async function connectTo(lab: Lab, answer: string): Promise<{ client: Client; connection: TargetConnection }> {
  const target = await lab.target(async (connection) => {
    const request = (await connection.input.readThrough("\r\n\r\n")).toString();
    assert.match(request, /^CONNECT vmid HTTP\/1\.1\r\n/);
    connection.write(answer);
  });
  const client = lab.connect(byToken(await lab.issue(target, PATH)));
  return { client, connection: await target.connection() };
}

async function assertRefused({ client, connection }: Awaited<ReturnType<typeof connectTo>>): Promise<void> {
  await Promise.all([client.closed, connection.ended]);
  assert.equal(client.total, 0, "console bytes came");
}

/** Consoles behind a CONNECT request (`internal_access_path`). */
export const ACCESS_PATH_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_new_websocket_client_internal_access_path",
    title: "Where a row has an `internal_access_path`, CONNECT asks for it, and status 200 opens the console.",
    nova: "does on 2026.1 and later; fails on a mixture of bytes and text before",
    novaPasses: true,
    services: ["serial"],
    async run(lab) {
      const { client, connection } = await connectTo(lab, "HTTP/1.1 200 OK\r\n\r\n");
      await client.settled;
      client.send(Buffer.from("login"));
      assert.equal((await connection.input.read(5)).toString(), "login");
    },
  },
  {
    id: "test_new_websocket_client_internal_access_path_rfb",
    title: "What follows the answer's header in the same segment is the console's, byte for byte.",
    nova: "does on 2026.1 and later",
    novaPasses: true,
    services: ["serial"],
    async run(lab) {
      const { client } = await connectTo(lab, "HTTP/1.1 200 OK\r\nA: b\r\n\r\nRFB 003.003\n");
      assert.equal((await client.read(12)).toString(), "RFB 003.003\n");
    },
  },
  {
    id: "test_new_websocket_client_internal_access_path_err",
    title: "Another status than 200 ends the session.",
    nova: "does",
    novaPasses: true,
    services: ["serial"],
    run: async (lab) => await assertRefused(await connectTo(lab, "HTTP/1.1 500 Internal Server Error\r\n\r\n")),
  },
  {
    id: "B6",
    title: "A status line that only contains 200, such as `404 See-200-docs`, ends the session.",
    nova: "opens the console",
    novaPasses: false,
    services: ["serial"],
    run: async (lab) => await assertRefused(await connectTo(lab, "HTTP/1.1 404 See-200-docs\r\n\r\n")),
  },
  {
    id: "B5",
    title: "A target that closes before its answer is complete ends the session at once.",
    nova: "waits for ever, with a processor at 100 %",
    novaPasses: false,
    services: ["serial"],
    async run(lab) {
      const { client, connection } = await connectTo(lab, "HTTP/1.1 200 OK\r\n");
      connection.end();
      const closedAt = Date.now();
      const { at } = await client.closed;
      assert.ok(at - closedAt < 2000, `the session ended ${at - closedAt} ms later`);
    },
  },
];
