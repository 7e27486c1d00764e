import { constants, createHash, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import type { FaultInjectingWriter } from "../net/fault-injecting-writer.ts";
import type { Reader } from "../net/reader.ts";
import { AesEax, TAG_LENGTH } from "./aes-eax.ts";
import type { ServerKey } from "./server-key.ts";

const RANDOM_LENGTH = 16;
const SESSION_KEY_LENGTH = 16;
const HASH_LENGTH = 20;
const MAX_KEY_BITS = 8192;
const USERNAME_AND_PASSWORD = 1;
const PASSWORD = 2;

/** Whom a server lets in. */
export interface Account {
  /** Not asked for if undefined. */
  readonly username: string | undefined;
  readonly password: string;
}

/**
 * The server's side of RA2ne (RFB community specification, "RSA-AES Security Types"): shows its key, agrees on session
 * keys, and gets the credentials encrypted. What follows is not encrypted. Returns whether they were right.
 * @throws Error when the client breaks the protocol
 */
export async function ra2ne(
  output: Pick<FaultInjectingWriter<never>, "write">,
  reader: Reader,
  key: ServerKey,
  account: Account,
): Promise<boolean> {
  await output.write(key.publicKey);
  const clientKey = await readKey(reader);
  const serverRandom = randomBytes(RANDOM_LENGTH);
  await output.write(withLength(encryptFor(clientKey, serverRandom)));
  const clientRandom = key.decrypt(await reader.read((await reader.read(2)).readUInt16BE()));
  const fromClient = new Messages(sha1(serverRandom, clientRandom));
  const toClient = new Messages(sha1(clientRandom, serverRandom));
  await output.write(toClient.seal(sha1(key.publicKey, clientKey)));
  const hash = await fromClient.read(reader, HASH_LENGTH);
  if (!hash.equals(sha1(clientKey, key.publicKey))) throw new Error("the client saw other keys than were sent");
  await output.write(toClient.seal(Buffer.of(account.username === undefined ? PASSWORD : USERNAME_AND_PASSWORD)));
  const [username, password] = texts(await fromClient.read(reader));
  return username === (account.username ?? "") && password === account.password;
}

/** One direction's encrypted messages, which are numbered from 0. */
class Messages {
  readonly #cipher: AesEax;
  #number = 0;

  constructor(hash: Buffer) {
    this.#cipher = new AesEax(hash.subarray(0, SESSION_KEY_LENGTH));
  }

  seal(message: Buffer): Buffer {
    const length = uint16(message.length);
    return Buffer.concat([length, this.#cipher.seal(this.#nextNonce(), length, message)]);
  }

  async read(reader: Reader, expected?: number): Promise<Buffer> {
    const length = await reader.read(2);
    const bytes = length.readUInt16BE();
    if (expected !== undefined && bytes !== expected) {
      throw new Error(`the client sent an encrypted message of ${bytes} bytes; expected ${expected}`);
    }
    return this.#cipher.open(this.#nextNonce(), length, await reader.read(bytes + TAG_LENGTH));
  }

  /** The message's number, lowest byte first. */
  #nextNonce(): Buffer {
    const nonce = Buffer.alloc(16);
    nonce.writeUInt32LE(this.#number);
    this.#number += 1;
    return nonce;
  }
}

async function readKey(reader: Reader): Promise<Buffer> {
  const bits = await reader.read(4);
  const length = bits.readUInt32BE();
  if (length > MAX_KEY_BITS)
    throw new Error(`the client has a key of ${length} bits; at most ${MAX_KEY_BITS} are known`);
  return Buffer.concat([bits, await reader.read(2 * Math.ceil(length / 8))]);
}

function encryptFor(key: Buffer, message: Buffer): Buffer {
  const middle = 4 + (key.length - 4) / 2;
  const n = key.toString("base64url", 4, middle);
  const e = key.toString("base64url", middle);
  const publicKey = createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
}

/** Texts of up to 255 bytes, each with its length in front. */
function texts(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes.readUInt8(at);
    found.push(bytes.toString("utf8", at + 1, end));
    at = end;
  }
  return found;
}

function sha1(...parts: readonly Uint8Array[]): Buffer {
  return createHash("sha1").update(Buffer.concat(parts)).digest();
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([uint16(bytes.length), bytes]);
}
