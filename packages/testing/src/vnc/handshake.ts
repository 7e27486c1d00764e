import { randomBytes } from "node:crypto";
import type { FaultInjectingWriter } from "../net/fault-injecting-writer.ts";
import type { Reader } from "../net/reader.ts";
import { encodePixelFormat, RGB888 } from "./pixel-format.ts";
import type { Size } from "./test-pattern.ts";
import { ra2ne } from "./ra2.ts";
import type { ServerKey } from "./server-key.ts";
import { isVncAuthResponse } from "./vnc-auth.ts";

/** Protocol versions of RFC 6143 and its predecessors. */
export type RfbVersion = "3.3" | "3.7" | "3.8";

/**
 * Phases of a VNC connection, in order. A fault at a phase strikes before the server sends that phase's message
 * (`version`: ProtocolVersion; `security`: the security types; `auth`: the VNC authentication challenge, or the key of
 * RA2ne, sent only with a password; `securityResult`: SecurityResult, where the version has one; `serverInit`: ServerInit;
 * `update`: the first FramebufferUpdate), or, for `clientInit`, before it reads ClientInit.
 */
export type VncPhase = "version" | "security" | "auth" | "securityResult" | "clientInit" | "serverInit" | "update";

/** All phases, in order. */
export const VNC_PHASES: readonly VncPhase[] = [
  "version",
  "security",
  "auth",
  "securityResult",
  "clientInit",
  "serverInit",
  "update",
];

/** Protocol versions that the server can offer. */
export const RFB_VERSIONS: readonly RfbVersion[] = ["3.3", "3.7", "3.8"];

const VERSION_LENGTH = 12;
const NONE = 1;
const VNC_AUTHENTICATION = 2;
const RA2NE = 6;

/** What the server's side of a handshake needs to know. */
export interface HandshakeOptions {
  /** The highest version to offer. */
  readonly version: RfbVersion;
  /** Asks for it if given. */
  readonly password: string | undefined;
  /** Asks for it, too, if given; only with a key. */
  readonly username: string | undefined;
  /** Asks with RA2ne and this key, in place of VNC authentication. */
  readonly key: ServerKey | undefined;
  readonly name: string;
  readonly size: Size;
}

/** What a handshake reports. */
export interface HandshakeEvents {
  versionChosen(version: RfbVersion): void;
  authenticated(ok: boolean): void;
  clientInit(shared: boolean): void;
}

/**
 * The server's side of the handshake, up to ServerInit (RFC 6143, section 7.1 to 7.3).
 * @throws Error when the client breaks the protocol or gives a wrong password
 */
export async function handshake(
  output: FaultInjectingWriter<VncPhase>,
  reader: Reader,
  options: HandshakeOptions,
  events: HandshakeEvents,
): Promise<void> {
  await output.enter("version");
  await output.write(Buffer.from(`RFB 00${options.version.replace(".", ".00")}\n`));
  const version = chosenVersion((await reader.read(VERSION_LENGTH)).toString("latin1"), options.version);
  events.versionChosen(version);
  const { password, username, key } = options;
  await output.enter("security");
  await agreeOnSecurity(output, reader, version, password === undefined ? NONE : key ? RA2NE : VNC_AUTHENTICATION);
  if (password !== undefined) {
    await output.enter("auth");
    const ok = await (key ? ra2ne(output, reader, key, { username, password }) : challenge(output, reader, password));
    events.authenticated(ok);
    await output.enter("securityResult");
    if (!ok) {
      const what = username === undefined ? "wrong password" : "wrong username or password";
      await output.write(uint32(1));
      if (version === "3.8") await output.write(reason(what));
      throw new Error(`the client gave a ${what}`);
    }
    await output.write(uint32(0));
  } else if (version === "3.8") {
    await output.enter("securityResult");
    await output.write(uint32(0));
  }
  await output.enter("clientInit");
  events.clientInit((await reader.read(1)).readUInt8() !== 0);
  await output.enter("serverInit");
  await output.write(serverInit(options));
}

/** RFC 6143, section 7.1.1 and appendix A: any 3.x that is not 3.7 or 3.8 is to be taken for 3.3. */
function chosenVersion(message: string, offered: RfbVersion): RfbVersion {
  const minor = /^RFB 003\.(\d{3})\n$/.exec(message)?.[1];
  if (minor === undefined) throw new Error(`the client sent ${JSON.stringify(message)}; expected a protocol version`);
  const version = minor === "008" ? "3.8" : minor === "007" ? "3.7" : "3.3";
  if (version > offered) throw new Error(`the client chose ${version}; at most ${offered} was offered`);
  return version;
}

async function agreeOnSecurity(
  output: FaultInjectingWriter<VncPhase>,
  reader: Reader,
  version: RfbVersion,
  type: number,
): Promise<void> {
  if (version === "3.3") {
    await output.write(uint32(type));
    return;
  }
  await output.write(Uint8Array.of(1, type));
  const chosen = (await reader.read(1)).readUInt8();
  if (chosen !== type) throw new Error(`the client chose security type ${chosen}; only ${type} was offered`);
}

async function challenge(output: FaultInjectingWriter<VncPhase>, reader: Reader, password: string): Promise<boolean> {
  const bytes = randomBytes(16);
  await output.write(bytes);
  return isVncAuthResponse(password, bytes, await reader.read(16));
}

function serverInit({ name, size }: HandshakeOptions): Buffer {
  const dimensions = Buffer.alloc(4);
  dimensions.writeUInt16BE(size.width, 0);
  dimensions.writeUInt16BE(size.height, 2);
  return Buffer.concat([dimensions, encodePixelFormat(RGB888), reason(name)]);
}

/** A text with its length in front. */
function reason(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
