import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EndError } from "../../src/end-reason.ts";
import { CONSOLES, createConsoles } from "../../src/consoles/index.ts";
import type { ClientFilter } from "../../src/consoles/client-filter.ts";
import { parseConfig } from "../../src/config/schema.ts";
import { picturesOnly, RFB_SERVERS, type RfbServer } from "./rfb-server.ts";

const VIEW = { access: "view" } as const;
const NOTHING = Buffer.alloc(0);

function createFilter(): ClientFilter {
  const filter = CONSOLES.vnc.createFilter?.(VIEW);
  if (filter === undefined) throw new Error("there is no filter");
  return filter;
}

/** A filter behind a handshake. */
function afterHandshake({ sends, viewer }: RfbServer = server("3.8, None")): ClientFilter {
  const filter = createFilter();
  filter.takeFromTarget?.(sends);
  expect(filter.filter(Buffer.from(viewer)).equals(viewer)).toBe(true);
  return filter;
}

function server(name: string): RfbServer {
  const found = RFB_SERVERS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const message = (head: readonly number[], length: number): Buffer =>
  Buffer.concat([Buffer.from(head), Buffer.alloc(length - head.length, 4)]);

const PIXEL_FORMAT = message([0], 20);
const UPDATE_REQUEST = message([3, 1], 10);
const ENCODINGS = bytes(2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0x21);

/** What may act on the machine, and what only other messages are about. */
const DROPPED: Readonly<Record<string, Buffer>> = {
  KeyEvent: bytes(4, 1, 0, 0, 0, 0, 0, 97),
  PointerEvent: bytes(5, 1, 0, 9, 0, 9),
  ClientCutText: message([6, 0, 0, 0, 0, 0, 1, 0], 264),
  "ClientCutText, extended": message([6, 0, 0, 0, 255, 255, 255, 206, 0x10, 0, 0, 1], 58),
  FixColourMapEntries: message([1, 0, 0, 0, 0, 2], 18),
  "UltraVNC file transfer": message([7, 3, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0], 268),
  "UltraVNC SetScale": message([8, 2], 4),
  "UltraVNC SetServerInput": message([9, 1], 4),
  "UltraVNC SetSW": message([10, 1], 6),
  "UltraVNC TextChat": message([11, 0, 0, 0, 0, 0, 0, 9], 17),
  "UltraVNC TextChat that opens": bytes(11, 0, 0, 0, 255, 255, 255, 255),
  "UltraVNC KeepAlive": bytes(13),
  "PalmVNC SetScaleFactor": message([15, 2], 4),
  VMware: message([127, 0, 0, 10], 10),
  "TightVNC FileList": message([130, 0, 0, 5], 9),
  "TightVNC FileDownload": message([131, 0, 0, 5], 13),
  "TightVNC FileUpload": message([132, 0, 0, 5], 13),
  "TightVNC FileUploadData": message([133, 0, 0, 9, 0, 5], 11),
  "TightVNC FileUploadData, the last": message([133, 0, 0, 0, 0, 0], 10),
  "TightVNC FileDownloadCancel": message([134, 0, 0, 5], 9),
  "TightVNC FileUploadFailed": message([135, 0, 0, 5], 9),
  "TightVNC FileCreateDir": message([136, 0, 0, 5], 9),
  EnableContinuousUpdates: message([150, 1], 10),
  ClientFence: message([248, 0, 0, 0, 0, 0, 0, 1, 8], 17),
  xvp: bytes(250, 0, 1, 2),
  SetDesktopSize: message([251, 0, 4, 0, 3, 0, 1, 0], 24),
  gii: message([253, 0x80, 0, 8], 12),
  "gii, little-endian": message([253, 0x00, 8, 0], 12),
  "QEMU key": bytes(255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30),
  "QEMU audio": bytes(255, 1, 0, 0),
};

describe("of a viewer's messages", () => {
  test("those about the picture pass as they are", () => {
    const filter = afterHandshake();
    const sent = Buffer.concat([PIXEL_FORMAT, ENCODINGS, UPDATE_REQUEST, UPDATE_REQUEST]);
    expect(filter.filter(Buffer.from(sent)).equals(sent)).toBe(true);
  });

  test.each(Object.entries(DROPPED))("%s does not, and what follows does, at every split", (_name, dropped) => {
    for (let at = 0; at <= dropped.length; at += 1) {
      const filter = afterHandshake();
      const passed = [dropped.subarray(0, at), dropped.subarray(at), UPDATE_REQUEST].map((part) =>
        Buffer.from(filter.filter(Buffer.from(part))),
      );
      expect(Buffer.concat(passed).equals(UPDATE_REQUEST)).toBe(true);
    }
  });

  test("those that pass do so only when they are whole", () => {
    const filter = afterHandshake();
    for (const byte of UPDATE_REQUEST.subarray(0, -1)) expect(filter.filter(bytes(byte))).toHaveLength(0);
    expect(filter.filter(UPDATE_REQUEST.subarray(-1)).equals(UPDATE_REQUEST)).toBe(true);
  });

  test("announcements of messages that do not pass are left out", () => {
    const list = [7, -258, -316, 16, -1063131698, -223, -309, -305, -312, -313, -259];
    const sent = Buffer.alloc(4 + 4 * list.length);
    sent.writeUInt8(2);
    sent.writeUInt16BE(list.length, 2);
    for (const [index, encoding] of list.entries()) sent.writeInt32BE(encoding, 4 + 4 * index);
    const expected = bytes(2, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 16, 0xff, 0xff, 0xff, 0x21);
    expect(afterHandshake().filter(sent).equals(expected)).toBe(true);
  });

  test.each([
    ["an unknown type", bytes(249), "an RFB message of the unknown type 249"],
    ["an unknown QEMU message", bytes(255, 9, 0, 0), "an RFB message of the unknown type 255"],
    ["too many encodings", bytes(2, 0, 1, 1), "SetEncodings with more than 256 encodings"],
  ])("%s ends the session, and nothing of the same piece passes", (_what, sent, detail) => {
    const filter = afterHandshake();
    expect(() => filter.filter(Buffer.concat([UPDATE_REQUEST, sent, UPDATE_REQUEST]))).toThrow(detail);
  });
});

describe("a handshake", () => {
  test.each(RFB_SERVERS)("of $name passes, at every split and byte by byte", ({ sends, viewer }) => {
    const all = Buffer.concat([viewer, DROPPED["KeyEvent"] ?? NOTHING, UPDATE_REQUEST]);
    const expected = Buffer.concat([viewer, UPDATE_REQUEST]);
    for (let at = 0; at <= all.length; at += 1) {
      const filter = createFilter();
      filter.takeFromTarget?.(sends);
      const passed = [all.subarray(0, at), all.subarray(at)].map((part) => filter.filter(Buffer.from(part)));
      expect(Buffer.concat(passed).equals(expected)).toBe(true);
    }
  });

  test.each(RFB_SERVERS)("of $name waits for the server, wherever that stops", ({ sends, viewer }) => {
    const all = Buffer.concat([viewer, DROPPED["KeyEvent"] ?? NOTHING, UPDATE_REQUEST]);
    for (let at = 0; at <= sends.length; at += 1) {
      const filter = createFilter();
      filter.takeFromTarget?.(sends.subarray(0, at));
      const first = Buffer.from(filter.filter(Buffer.from(all)));
      const mayPass = filter.takeFromTarget?.(sends.subarray(at)) ?? false;
      const rest = mayPass ? filter.filter(NOTHING) : NOTHING;
      expect(Buffer.concat([first, rest]).equals(Buffer.concat([viewer, UPDATE_REQUEST]))).toBe(true);
    }
  });

  test("keeps others on the console: the viewer shares it, whatever it says", () => {
    const { sends, viewer } = server("3.8, None");
    const filter = createFilter();
    filter.takeFromTarget?.(sends);
    const alone = Buffer.from(viewer);
    alone[alone.length - 1] = 0;
    expect(filter.filter(alone).equals(viewer)).toBe(true);
  });

  test("is followed from ClientInit on where the gateway settles the security", () => {
    const { vnc } = createConsoles(parseConfig({ vnc: { auth_schemes: ["none"] } }).vnc, false, () => {});
    const filter = vnc.createFilter?.(VIEW);
    const security = Buffer.concat([Buffer.from("RFB 003.008\n"), bytes(1)]);
    const sent = Buffer.concat([security, bytes(0), DROPPED["KeyEvent"] ?? NOTHING, UPDATE_REQUEST]);
    expect(filter?.filter(sent).equals(Buffer.concat([security, bytes(1), UPDATE_REQUEST]))).toBe(true);
  });

  const V8 = Buffer.from("RFB 003.008\n");
  test.each([
    ["a later version than the server's", "RFB 003.003\n", [V8], "protocol_error"],
    ["a version that does not exist", "RFB 003.008\n", [Buffer.from("RFB 003.005\n")], "protocol_error"],
    ["another protocol", "RFB 003.008\n", [Buffer.from("GET / HTTP/1")], "protocol_error"],
    ["a server of another protocol", "SSH-2.0-Open", [V8], "protocol_error"],
    ["a security type that is not offered", "RFB 003.008\n\x01\x02", [V8, bytes(1)], "protocol_error"],
    ["RA2, which encrypts what follows", "RFB 003.008\n\x01\x05", [V8, bytes(5)], "forbidden"],
    [
      "TLS within VeNCrypt",
      "RFB 003.008\n\x01\x13\0\x02\0\x01\0\0\x01\x04",
      [V8, bytes(19, 0, 2, 0, 0, 1, 4)],
      "forbidden",
    ],
    ["an early version of VeNCrypt", "RFB 003.008\n\x01\x13\0\x01\0\x01\0\0\x01\0", [V8, bytes(19, 0, 1)], "forbidden"],
    [
      "a long name",
      "RFB 003.008\n\x01\x13\0\x02\0\x01\0\0\x01\0",
      [V8, bytes(19, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1)],
      "protocol_error",
    ],
    ["more than it waits for", "RFB 003", [Buffer.alloc(9000)], "protocol_error"],
  ])("with %s ends the session", (_what, sends, sent, reason) => {
    const filter = createFilter();
    filter.takeFromTarget?.(Buffer.from(sends, "latin1"));
    expect(() => filter.filter(Buffer.concat(sent))).toThrow(expect.objectContaining({ reason }) as Error);
  });

  test("in which the server says too much ends the session: with a hole in it, it could not be followed", () => {
    const filter = createFilter();
    filter.takeFromTarget?.(Buffer.alloc(8192));
    expect(() => filter.takeFromTarget?.(bytes(0))).toThrow("more than 8192 bytes before the handshake is over");
  });

  test.each([
    ["3.8", "RFB 003.008\n\0\0\0\0\x05Never", "RFB 003.008\n"],
    ["3.3", "RFB 003.003\n\0\0\0\0\0\0\0\x05Never", "RFB 003.003\n"],
  ])("that a server of %s refuses lets nothing more pass", (_what, sends, version) => {
    const filter = createFilter();
    filter.takeFromTarget?.(Buffer.from(sends, "latin1"));
    const passed = filter.filter(Buffer.concat([Buffer.from(version), bytes(1, 1), DROPPED["KeyEvent"] ?? NOTHING]));
    expect(passed.toString("latin1")).toBe(version);
    expect(filter.filter(UPDATE_REQUEST)).toHaveLength(0);
  });
});

test("whatever a client sends, in any pieces, a server gets nothing but messages about the picture", () => {
  const messages = fc.constantFrom(...Object.values(DROPPED), PIXEL_FORMAT, ENCODINGS, UPDATE_REQUEST);
  const junk = fc.uint8Array({ maxLength: 12 }).map((each) => Buffer.from(each));
  const stream = fc.array(fc.oneof({ weight: 9, arbitrary: messages }, { weight: 1, arbitrary: junk }), {
    maxLength: 12,
  });
  const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 40 }));
  fc.assert(
    fc.property(fc.constantFrom(...RFB_SERVERS), stream, sizes, ({ sends, viewer }, sent, pieces) => {
      const filter = createFilter();
      const all = Buffer.concat([viewer, ...sent]);
      const passed: Buffer[] = [];
      try {
        for (let at = 0, from = 0; at < all.length || from < sends.length;) {
          const size = pieces.next().value ?? 1;
          if (filter.takeFromTarget?.(sends.subarray(from, from + size)) === true) passed.push(filter.filter(NOTHING));
          from += size;
          passed.push(Buffer.from(filter.filter(Buffer.from(all.subarray(at, at + size)))));
          at += size;
        }
      } catch (error) {
        if (!(error instanceof EndError) || error.reason !== "protocol_error") throw error;
      }
      const reached = Buffer.concat(passed);
      expect(reached.subarray(0, viewer.length).equals(viewer.subarray(0, reached.length))).toBe(true);
      picturesOnly(reached.subarray(viewer.length));
    }),
    { numRuns: 2000 },
  );
});
