import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import { AesEax } from "../src/vnc/aes-eax.ts";
import type { RfbClient } from "./rfb-client.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
const RANDOM = Buffer.alloc(16, 7);
const sha1 = (...parts: Buffer[]): Buffer => createHash("sha1").update(Buffer.concat(parts)).digest();

/** The client's side of RA2ne (RFB community specification), from the choice of the version to SecurityResult. */
export async function openWithRa2ne(
  client: RfbClient,
  username: string,
  password: string,
  lies: { hash?: boolean } = {},
): Promise<{ fingerprint: string; subtype: number; result: number }> {
  await client.read(12);
  client.socket.write("RFB 003.008\n");
  if (!(await client.read(2)).equals(Buffer.of(1, 6))) throw new Error("expected RA2ne, and nothing else");
  client.socket.write(Buffer.of(6));
  const bits = await client.read(4);
  const length = bits.readUInt32BE() / 8;
  const [n, e] = [await client.read(length), await client.read(length)];
  const serverKey = Buffer.concat([bits, n, e]);
  const jwk = publicKey.export({ format: "jwk" });
  const clientKey = Buffer.alloc(4 + 2 * 128);
  clientKey.writeUInt32BE(1024);
  Buffer.from(jwk.n ?? "", "base64url").copy(clientKey, 4);
  Buffer.from(jwk.e ?? "", "base64url").copy(clientKey, clientKey.length - 3);
  const forServer = createPublicKey({
    key: { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") },
    format: "jwk",
  });
  const random = publicEncrypt({ key: forServer, padding: constants.RSA_PKCS1_PADDING }, RANDOM);
  client.socket.write(Buffer.concat([clientKey, Buffer.of(random.length >> 8, random.length & 255), random]));
  const encrypted = await client.read((await client.read(2)).readUInt16BE());
  const serverRandom = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted).subarray(-16);
  const out = new AesEax(sha1(serverRandom, RANDOM).subarray(0, 16));
  const back = new AesEax(sha1(RANDOM, serverRandom).subarray(0, 16));
  const nonce = (number: number): Buffer => Buffer.concat([Buffer.of(number), Buffer.alloc(15)]);
  const write = (number: number, message: Buffer): void => {
    const header = Buffer.of(message.length >> 8, message.length & 255);
    client.socket.write(Buffer.concat([header, out.seal(nonce(number), header, message)]));
  };
  const read = async (number: number): Promise<Buffer> => {
    const header = await client.read(2);
    return back.open(nonce(number), header, await client.read(header.readUInt16BE() + 16));
  };
  write(0, lies.hash ? sha1(serverKey, clientKey) : sha1(clientKey, serverKey));
  if (!(await read(0)).equals(sha1(serverKey, clientKey))) throw new Error("the server saw other keys");
  const subtype = (await read(1)).readUInt8();
  const texts = [username, password].map((text) => Buffer.from(text));
  write(1, Buffer.concat(texts.flatMap((text) => [Buffer.of(text.length), text])));
  const fingerprint = sha1(serverKey)
    .subarray(0, 8)
    .toString("hex")
    .replaceAll(/..(?=.)/g, "$&-");
  return { fingerprint, subtype, result: (await client.read(4)).readUInt32BE() };
}
