import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { BOTH, type ObservableCheck } from "../check.ts";
import { encodeFrame, encodeUpgrade } from "../lab/frames.ts";
import { UPGRADE } from "../lab/http.ts";
import type { Lab } from "../lab/lab.ts";
import type { TargetConnection } from "../lab/target.ts";

const OPCODE = { binary: 2, close: 8 } as const;

/** The subprotocol that an offer is answered with: `none`, or the status of a refusal. */
async function offer(lab: Lab, list: string | undefined): Promise<string> {
  const { token } = await lab.issue(await lab.target());
  const headers = { ...UPGRADE, ...(list !== undefined && { "Sec-WebSocket-Protocol": list }) };
  const answer = await lab.ask({ path: `/?token=${token}`, headers });
  return answer.status === 101 ? (answer.headers["sec-websocket-protocol"] ?? "none") : String(answer.status);
}

/** Sends bytes right behind an upgrade request, in the same segment. */
async function sendAtOnce(lab: Lab, frames: Buffer): Promise<TargetConnection> {
  const target = await lab.target();
  const { token } = await lab.issue(target);
  const socket = connect({ host: lab.hostname, port: lab.port });
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  lab.closeLater(() => socket.destroy());
  socket.write(Buffer.concat([encodeUpgrade(lab.host, token), frames]));
  return await target.connection();
}

/** The WebSocket, and what passes over it. */
export const WIRE_CHECKS: readonly ObservableCheck[] = [
  {
    id: "subprotocol",
    title: "`binary` is chosen wherever a list has it, and none where none is offered.",
    nova: "does for lists without spaces",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const answers = await Promise.all(
        [undefined, "binary", "binary, base64", "base64,binary"].map((list) => offer(lab, list)),
      );
      assert.deepEqual(answers, ["none", "binary", "binary", "binary"]);
    },
  },
  {
    id: "subprotocol_with_space",
    title: "A space behind the comma changes nothing: `base64, binary` is answered with `binary`.",
    nova: "`400 Invalid protocol selected`",
    novaPasses: false,
    services: BOTH,
    run: async (lab) => assert.equal(await offer(lab, "base64, binary"), "binary"),
  },
  {
    id: "subprotocol_of_another_kind",
    title: "A client that offers only others is accepted without one, and decides for itself (RFC 6455, section 4.1).",
    nova: "`400 Invalid protocol selected`",
    novaPasses: false,
    services: BOTH,
    run: async (lab) => assert.equal(await offer(lab, "base64, chat"), "none"),
  },
  {
    id: "no_extensions",
    title: "No extension is agreed on.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const headers = { ...UPGRADE, "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };
      const { status, headers: got } = await lab.ask({ path: "/?token=XXX", headers });
      assert.deepEqual([status, got["sec-websocket-extensions"]], [101, undefined]);
    },
  },
  {
    id: "websocket_version",
    title: "The versions 13 and 8 are accepted; 12, none, and a request without a key are refused with a status.",
    nova: "does, with 400",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { "Sec-WebSocket-Key": _key, ...noKey } = UPGRADE;
      const { "Sec-WebSocket-Version": _version, ...noVersion } = UPGRADE;
      const asked = [
        { ...noVersion, "Sec-WebSocket-Version": "8" },
        { ...noVersion, "Sec-WebSocket-Version": "12" },
        noVersion,
        noKey,
      ];
      const answers = await Promise.all(asked.map(async (headers) => await lab.ask({ path: "/?token=XXX", headers })));
      const [accepted, ...refused] = answers.map(({ status }) => status);
      assert.equal(accepted, 101);
      for (const status of refused) assert.ok(status >= 400 && status < 500, `status ${status}`);
    },
  },
  {
    id: "ping",
    title: "A ping is answered with a pong that has its bytes.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { client } = await lab.open();
      client.webSocket.ping("abc");
      const [payload] = (await once(client.webSocket, "pong")) as [Buffer];
      assert.equal(payload.toString(), "abc");
    },
  },
  {
    id: "close_code",
    title: "A close frame is answered with one of the same code.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { client } = await lab.open();
      client.webSocket.close(4001, "x");
      assert.equal((await client.closed).code, 4001);
    },
  },
  {
    id: "close_without_code",
    title: "A close frame without a code is answered with a legal one.",
    nova: "sends 1005, which no frame may have",
    novaPasses: false,
    services: BOTH,
    async run(lab) {
      const { client } = await lab.open();
      client.webSocket.close();
      const { code } = await client.closed;
      assert.ok(code === 1005 || code === 1000, `code ${code}`);
    },
  },
  {
    id: "unmasked_frame",
    title: "A frame without a mask ends the session with 1002.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { client } = await lab.open();
      client.socket.write(encodeFrame(Buffer.from("abc"), { opcode: OPCODE.binary, isMasked: false }));
      assert.equal((await client.closed).code, 1002);
    },
  },
  {
    id: "fragments",
    title: "A message in fragments reaches the console whole and in order.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { client, connection } = await lab.open();
      for (const [index, part] of ["one ", "two ", "three"].entries()) {
        client.webSocket.send(Buffer.from(part), { fin: index === 2 });
      }
      assert.equal((await connection.input.read(13)).toString(), "one two three");
    },
  },
  {
    id: "large_messages",
    title: "A message of 1 MiB passes both ways.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { client, connection } = await lab.open();
      const bytes = Buffer.alloc(2 ** 20, "0123456789abcdef-");
      client.send(bytes);
      assert.ok((await connection.input.read(bytes.length)).equals(bytes), "the console got other bytes");
      connection.write(bytes);
      assert.ok((await client.read(bytes.length)).equals(bytes), "the client got other bytes");
    },
  },
  {
    id: "text_frames",
    title: "A serial console takes text frames as it takes binary ones.",
    nova: "1003 `Unsupported: Text frames are not supported`",
    novaPasses: false,
    services: ["serial"],
    async run(lab) {
      const { client, connection } = await lab.open();
      client.send("ls\n");
      assert.equal((await connection.input.read(3)).toString(), "ls\n");
    },
  },
  {
    id: "frames_behind_the_upgrade",
    title: "Frames in the same segment as the upgrade request reach the console.",
    nova: "loses them",
    novaPasses: false,
    services: ["serial"],
    async run(lab) {
      const connection = await sendAtOnce(lab, encodeFrame(Buffer.from("login"), { opcode: OPCODE.binary }));
      assert.equal((await connection.input.read(5)).toString(), "login");
    },
  },
  {
    id: "frames_before_the_close",
    title: "Frames that are followed at once by a close frame reach the console.",
    nova: "0 of 3000 bytes arrive",
    novaPasses: false,
    services: ["serial"],
    async run(lab) {
      const { client, connection } = await lab.open();
      for (let count = 0; count < 3; count += 1) client.send(Buffer.alloc(1000, 0x61));
      client.webSocket.close(1000);
      assert.equal((await connection.input.readRest()).length, 3000);
    },
  },
  {
    id: "B15",
    title: "A message is passed on as it arrives, and not kept until it is complete.",
    nova: "keeps it in memory, without a limit",
    novaPasses: false,
    services: ["serial"],
    async run(lab) {
      const { client, connection } = await lab.open();
      client.socket.write(encodeFrame(Buffer.alloc(65_536, 0x61), { opcode: OPCODE.binary, length: 2 ** 30 }));
      assert.equal((await connection.input.read(65_536)).length, 65_536);
    },
  },
];
