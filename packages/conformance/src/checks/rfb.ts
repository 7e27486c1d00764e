import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { ObservableCheck } from "../check.ts";
import type { Client } from "../lab/client.ts";
import { byToken, type Lab } from "../lab/lab.ts";
import { chooseNone, NO_AGREEMENT, offerSecurity, OK, refusal, VERSION } from "../lab/rfb.ts";
import type { TargetConnection } from "../lab/target.ts";

const ONLY_NONE = "Only the security type 1 (NONE) is supported";

/** Between two pieces, so that they arrive as two, in milliseconds. */
const PAUSE_MS = 200;

async function inPieces(bytes: Buffer, send: (piece: Buffer) => void): Promise<void> {
  const half = Math.ceil(bytes.length / 2);
  send(bytes.subarray(0, half));
  await delay(PAUSE_MS);
  send(bytes.subarray(half));
}

async function start(lab: Lab, serve: (connection: TargetConnection) => Promise<void>): Promise<Client> {
  const target = await lab.target(serve);
  return lab.connect(byToken(await lab.issue(target)));
}

/** That a viewer gets exactly this after it has chosen None, and then the end. */
async function assertRefused(lab: Lab, types: readonly number[], expected: Buffer): Promise<void> {
  const next = Promise.withResolvers<Buffer>();
  const client = await start(lab, async (connection) => {
    connection.write(VERSION);
    await connection.input.read(VERSION.length);
    connection.write(Buffer.from([types.length, ...types]));
    next.resolve(await connection.input.readRest());
  });
  await chooseNone(client);
  assert.deepEqual(await client.received.readRest(), expected);
  assert.deepEqual([...(await next.promise)], [0], "the server is told that no type suits");
}

/** The security proxy of `nova-novncproxy`. */
export const RFB_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_fails_on_compute_version",
    title: "A server of another version than RFB 3.8 is refused, and nothing of it reaches the viewer.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      for (const version of ["RFB 003.007\n", "RFB 003.009\n", "RFB 012.034\n"]) {
        const target = await lab.target(async (connection) => connection.write(version));
        const client = lab.connect(byToken(await lab.issue(target)));
        await Promise.all([target.accepted, client.closed]);
        assert.equal(client.total, 0, `the viewer got bytes of ${JSON.stringify(version)}`);
      }
    },
  },
  {
    id: "test_fails_on_tenant_version",
    title: "A viewer of another version than RFB 3.8 is refused.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      for (const version of ["RFB 003.007\n", "RFB 003.009\n"]) {
        const client = await start(lab, async (connection) => void (await offerSecurity(connection, [1])));
        assert.deepEqual(await client.read(12), VERSION);
        client.send(Buffer.from(version));
        await client.closed;
      }
    },
  },
  {
    id: "test_fails_on_sec_type_cnt_zero",
    title: "The reason of a server that offers no security type is passed on.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      const client = await start(lab, async (connection) => {
        connection.write(Buffer.concat([VERSION, Buffer.from([0, 0, 0, 0, 6]), Buffer.from("cheese")]));
      });
      assert.deepEqual(await client.read(12), VERSION);
      client.send(VERSION);
      assert.deepEqual(await client.received.readRest(), Buffer.from("\0\0\0\0\u0006cheese"));
    },
  },
  {
    id: "test_fails_on_sec_type_cnt_zero_oversized_reason",
    title: "A server's reason of more than 256 bytes is replaced, and not waited for.",
    nova: "does on 2026.2; reads up to 4 GiB before",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      const client = await start(lab, async (connection) => {
        connection.write(Buffer.concat([VERSION, Buffer.from([0, 0, 0, 0x03, 0xe8])]));
      });
      assert.deepEqual(await client.read(12), VERSION);
      client.send(VERSION);
      assert.deepEqual(
        await client.received.readRest(),
        Buffer.from(`\0\0\0\0${String.fromCodePoint(NO_AGREEMENT.length)}${NO_AGREEMENT}`),
      );
    },
  },
  {
    id: "test_full_run",
    title: "Of a server's types 1 and 2, the viewer is offered 1, and the server gets 1; its result is passed on.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      const chosen = Promise.withResolvers<number>();
      const client = await start(lab, async (connection) => {
        chosen.resolve(await offerSecurity(connection, [1, 2]));
        connection.write(OK);
      });
      assert.deepEqual(await client.read(12), VERSION);
      client.send(VERSION);
      assert.deepEqual([...(await client.read(2))], [1, 1]);
      client.send(Buffer.of(1));
      assert.deepEqual(await client.read(4), OK);
      assert.equal(await chosen.promise, 1);
    },
  },
  {
    id: "test_proxy_connect_ok",
    title: "After the handshake, bytes pass both ways as they are.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    run: async (lab) => void (await lab.open()),
  },
  {
    id: "test_proxy_connect_err",
    title: "Where the handshake fails, viewer and server are both closed.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      const target = await lab.target(async (connection) => connection.write("HTTP/1.1 200"));
      const client = lab.connect(byToken(await lab.issue(target)));
      const connection = await target.connection();
      await Promise.all([client.closed, connection.ended]);
    },
  },
  {
    id: "test_client_auth_invalid_fails",
    title: "A viewer that chooses another type than None is told so in RFB, and the server gets 0.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    async run(lab) {
      const rest = Promise.withResolvers<Buffer>();
      const client = await start(lab, async (connection) => {
        connection.write(VERSION);
        await connection.input.read(VERSION.length);
        connection.write(Buffer.from([2, 1, 2]));
        rest.resolve(await connection.input.readRest());
      });
      await client.read(12);
      client.send(VERSION);
      await client.read(2);
      client.send(Buffer.of(2));
      assert.deepEqual(await client.received.readRest(), refusal(ONLY_NONE));
      assert.deepEqual([...(await rest.promise)], [0]);
    },
  },
  {
    id: "test_exception_in_choose_security_type_fails",
    title: "Where no type of the server suits, the viewer is told in RFB, and the server gets 0.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    run: async (lab) => await assertRefused(lab, [2, 5], refusal(NO_AGREEMENT)),
  },
  {
    id: "B9",
    title: "Security types that the proxy does not know are passed over.",
    nova: "fails: `129 is not a valid AuthType`",
    novaPasses: false,
    services: ["novnc"],
    async run(lab) {
      const chosen = Promise.withResolvers<number>();
      const client = await start(lab, async (connection) => {
        chosen.resolve(await offerSecurity(connection, [129, 1]));
        connection.write(OK);
      });
      await chooseNone(client);
      assert.deepEqual(await client.read(4), OK);
      assert.equal(await chosen.promise, 1);
    },
  },
  {
    id: "B10",
    title: "A handshake in pieces, with pauses between them, is as good as any.",
    nova: "fails: `wanted 12 bytes but got 5`",
    novaPasses: false,
    services: ["novnc"],
    async run(lab) {
      const client = await start(lab, async (connection) => {
        await inPieces(VERSION, (piece) => connection.write(piece));
        await connection.input.read(VERSION.length);
        await inPieces(Buffer.from([1, 1]), (piece) => connection.write(piece));
        await connection.input.read(1);
        await inPieces(OK, (piece) => connection.write(piece));
      });
      await client.read(12);
      await inPieces(VERSION, (piece) => client.send(piece));
      await client.read(2);
      client.send(Buffer.of(1));
      assert.deepEqual(await client.read(4), OK);
    },
  },
  {
    id: "B11",
    title: "A viewer that sends bytes above 127 in the handshake is refused with a close frame.",
    nova: "fails with a UnicodeEncodeError, and ends TCP",
    novaPasses: false,
    services: ["novnc"],
    async run(lab) {
      const client = await start(lab, async (connection) => void (await offerSecurity(connection, [1])));
      await client.read(12);
      client.send(Buffer.alloc(12, 0xff));
      assert.notEqual((await client.closed).code, 1006);
    },
  },
];
