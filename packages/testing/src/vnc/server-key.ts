import { constants, createHash, generateKeyPair, type KeyObject, privateDecrypt } from "node:crypto";
import { promisify } from "node:util";

const BITS = 2048;

/** The RSA key that identifies a server. */
export class ServerKey {
  /** As RA2 sends it: length in bits (4 bytes), modulus, public exponent. */
  readonly publicKey: Buffer;
  readonly #privateKey: KeyObject;

  private constructor(publicKey: KeyObject, privateKey: KeyObject) {
    const { n = "", e = "" } = publicKey.export({ format: "jwk" });
    this.publicKey = encodeKey(Buffer.from(n, "base64url"), Buffer.from(e, "base64url"));
    this.#privateKey = privateKey;
  }

  static async generate(): Promise<ServerKey> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: BITS });
    return new ServerKey(publicKey, privateKey);
  }

  /** The first 8 bytes of the key's SHA-1, as VNC viewers show them to people. */
  get fingerprint(): string {
    const digest = createHash("sha1").update(this.publicKey).digest("hex");
    return (digest.slice(0, 16).match(/../g) ?? []).join("-");
  }

  /**
   * Decrypts with RSAES-PKCS1-v1_5 (RFC 8017, section 7.2.2); its padding is taken off here, because some of
   * OpenSSL's versions that Node comes with no longer do.
   * @throws Error when it was not encrypted with this key
   */
  decrypt(bytes: Uint8Array): Buffer {
    const padded = privateDecrypt({ key: this.#privateKey, padding: constants.RSA_NO_PADDING }, bytes);
    const end = padded.indexOf(0, 2);
    if (padded.readUInt16BE() !== 2 || end === -1) throw new Error("the client did not encrypt with the server's key");
    return padded.subarray(end + 1);
  }
}

function encodeKey(modulus: Buffer, exponent: Buffer): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(modulus.length * 8);
  return Buffer.concat([bits, modulus, Buffer.alloc(modulus.length - exponent.length), exponent]);
}
