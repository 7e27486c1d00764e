import { EndError } from "../../end-reason.ts";
import type { ClientFilter } from "../client-filter.ts";
import { type Handshake, type Read, read } from "../view-only-filter.ts";

/** The rest of a way to authenticate: it returns nothing, and throws for what cannot be followed. */
type Authentication = Generator<Read, void, Buffer>;

const VERSION_BYTES = 12;
/** A ProtocolVersion (RFC 6143, section 7.1.1). */
const VERSION = /^RFB (\d{3})\.(\d{3})\n$/;
/** The last digits of the versions that exist; servers that name later ones speak 3.8. */
const MINORS = [3, 7, 8] as const;

/** An answer to the challenge of VNC Authentication (RFC 6143, section 7.2.2), in bytes. */
const RESPONSE_BYTES = 16;
/** The longest name or password that is followed, in bytes. */
const MAX_CREDENTIAL_BYTES = 1024;
/** How many ways a server may offer within one security type. */
const MAX_OFFERS = 64;

/** A name and a password, each behind its length: `Plain` of VeNCrypt. */
function* plain(): Authentication {
  const lengths = yield* read("client", 8);
  yield* read("client", credential(lengths.readUInt32BE(0)));
  yield* read("client", credential(lengths.readUInt32BE(4)));
}

function* vncAuthentication(): Authentication {
  yield* read("client", RESPONSE_BYTES);
}

function* none(): Authentication {}

const VENCRYPT_VERSION = 0x00_02;
const VENCRYPT_PLAIN = 256;

/** VeNCrypt 0.2; 0.1 has other lengths. Its other ways encrypt what follows. */
function* vencrypt(): Authentication {
  yield* read("target", 2);
  const version = (yield* read("client", 2)).readUInt16BE();
  if (version !== VENCRYPT_VERSION) throw cannotFollow(`VeNCrypt 0x${version.toString(16)}`);
  const [refusal = 1] = yield* read("target", 1);
  if (refusal !== 0) return yield* forEver();
  const [count = 0] = yield* read("target", 1);
  yield* read("target", 4 * count);
  const subtype = (yield* read("client", 4)).readUInt32BE();
  if (subtype !== VENCRYPT_PLAIN) throw cannotFollow(`VeNCrypt ${subtype}`);
  yield* plain();
}

/** Tight: a server may offer tunnels, of which none is followed, and ways to authenticate. */
function* tight(): Authentication {
  const tunnels = offers(yield* read("target", 4));
  yield* read("target", 16 * tunnels);
  if (tunnels > 0 && (yield* read("client", 4)).readUInt32BE() !== 0) throw cannotFollow("Tight with a tunnel");
  const ways = offers(yield* read("target", 4));
  yield* read("target", 16 * ways);
  if (ways === 0) return;
  const code = (yield* read("client", 4)).readUInt32BE();
  const way = TIGHT_WAYS.get(code);
  if (way === undefined) throw cannotFollow(`Tight ${code}`);
  yield* way();
}

const TIGHT_WAYS: ReadonlyMap<number, () => Authentication> = new Map([
  [1, none],
  [2, vncAuthentication],
  [129, plain],
]);

/** XVP: names of the user and the machine, then VNC Authentication. */
function* xvp(): Authentication {
  const [user = 0, machine = 0] = yield* read("client", 2);
  yield* read("client", user + machine);
  yield* vncAuthentication();
}

/** Apple Remote Desktop: a Diffie-Hellman exchange with keys of a length that the server chooses. */
function* appleRemoteDesktop(): Authentication {
  const keyBytes = (yield* read("target", 4)).readUInt16BE(2);
  yield* read("target", 2 * credential(keyBytes));
  yield* read("client", 128 + keyBytes);
}

/** UltraVNC's MS-Logon II: a public key, a name and a password. */
function* msLogon(): Authentication {
  yield* read("client", 8 + 256 + 64);
}

/** Behind each encrypted message of RSA-AES: what proves that it is genuine. */
const RSA_AES_MAC_BYTES = 16;

/** RSA-AES without encryption of what follows: the client's key, its random number, a digest, its name and password. */
function* rsaAes(digestBytes: number): Authentication {
  const keyBytes = credential(Math.ceil((yield* read("client", 4)).readUInt32BE() / 8));
  yield* read("client", 2 * keyBytes);
  yield* read("client", credential((yield* read("client", 2)).readUInt16BE()));
  yield* read("client", 2 + digestBytes + RSA_AES_MAC_BYTES);
  yield* read("client", credential((yield* read("client", 2)).readUInt16BE()) + RSA_AES_MAC_BYTES);
}

/** Security types (RFC 6143, section 7.1.2, and the RFB community specification) that can be followed. */
const AUTHENTICATIONS: ReadonlyMap<number, () => Authentication> = new Map([
  [1, none],
  [2, vncAuthentication],
  [6, () => rsaAes(20)],
  [16, tight],
  [19, vencrypt],
  [22, xvp],
  [30, appleRemoteDesktop],
  [113, msLogon],
  [130, () => rsaAes(32)],
]);

/** Follows ClientInit (RFC 6143, section 7.3.1), and keeps a client from sending the others away. */
function* followClientInit(messages: ClientFilter): Handshake {
  const shared = yield* read("client", 1);
  shared[0] = 1;
  return messages;
}

/** Follows what a client says to the gateway, which settles the security itself, and then ClientInit. */
export function* followSettledHandshake(messages: ClientFilter): Handshake {
  yield* read("client", VERSION_BYTES);
  // The security type.
  yield* read("client", 1);
  return yield* followClientInit(messages);
}

/**
 * Follows the handshake of RFB 3.3, 3.7 or 3.8 up to ClientInit.
 *
 * @param messages - for what follows.
 * @throws EndError `forbidden` for a security type that cannot be followed.
 */
export function* followHandshake(messages: ClientFilter): Handshake {
  const server = yield* readVersion("target");
  const client = yield* readVersion("client");
  // A server takes what it does not know for what it likes.
  if (client > server) throw new EndError("protocol_error", `RFB 3.${client} to a server that speaks 3.${server}`);
  const type = client === 3 ? (yield* read("target", 4)).readUInt32BE() : yield* chooseType();
  if (type === undefined || type === 0) return undefined;
  const authentication = AUTHENTICATIONS.get(type);
  if (authentication === undefined) throw cannotFollow(String(type));
  yield* authentication();
  return yield* followClientInit(messages);
}

/** @returns undefined when the server has refused the client. */
function* chooseType(): Generator<Read, number | undefined, Buffer> {
  const [count = 0] = yield* read("target", 1);
  if (count === 0) return undefined;
  const offered = yield* read("target", count);
  const [type = 0] = yield* read("client", 1);
  if (!offered.includes(type)) throw new EndError("protocol_error", `security type ${type}, which is not offered`);
  return type;
}

/** @returns the last digit of the version, 8 for later ones. */
function* readVersion(from: Read["from"]): Generator<Read, number, Buffer> {
  const text = (yield* read(from, VERSION_BYTES)).toString("latin1");
  const [, major, minor] = VERSION.exec(text) ?? [];
  const number = Number(minor);
  const exact = MINORS.find((each) => major === "003" && each === number);
  if (exact !== undefined) return exact;
  const isLater = (major === "003" && number > 8) || Number(major) > 3;
  if (from === "target" && isLater) return 8;
  const whose = from === "client" ? "the client" : "the server";
  throw new EndError("protocol_error", `${whose} begins with ${JSON.stringify(text)}; expected RFB 3.3, 3.7 or 3.8`);
}

/** Waits for something that does not come: nothing passes any more. */
function* forEver(): Authentication {
  for (;;) yield* read("target", Infinity);
}

function credential(bytes: number): number {
  if (bytes <= MAX_CREDENTIAL_BYTES) return bytes;
  throw new EndError("protocol_error", `a name or key of ${bytes} bytes; expected at most ${MAX_CREDENTIAL_BYTES}`);
}

function offers(count: Buffer): number {
  const number = count.readUInt32BE();
  if (number <= MAX_OFFERS) return number;
  throw new EndError("protocol_error", `the server offers ${number} ways to sign in; expected at most ${MAX_OFFERS}`);
}

function cannotFollow(type: string): EndError {
  const cause = `security type ${type} cannot be followed`;
  return new EndError("forbidden", "the gateway cannot enforce view-only access with this console's sign-in", {
    cause,
  });
}
