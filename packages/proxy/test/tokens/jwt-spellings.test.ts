import type { KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { TestFolder } from "../support/folder.ts";
import { CLAIMS, EC, encrypt, find, pem, RSA, sign, sourceWith } from "./jwt-issuer.ts";

/** The same bytes: the last character has bits that count for nothing. */
function respell(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet[alphabet.indexOf(token.at(-1) ?? "") ^ 1] ?? "";
  return token.slice(0, -1) + last;
}

/** The other of the two signatures that ECDSA has for everything (r, n - s). */
function negate(token: string): string {
  const order = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n;
  const [header, claims, signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const s = (order - BigInt(`0x${bytes.toString("hex", 32)}`)).toString(16).padStart(64, "0");
  const negated = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s, "hex")]);
  return [header, claims, negated.toString("base64url")].join(".");
}

const encryptAgain = async (token: string): Promise<string> => await encrypt(token, "RSA-OAEP", RSA.publicKey);

test.each<[string, alg: string, key: KeyObject, (token: string) => string | Promise<string>]>([
  ["a signature of RS256", "RS256", RSA.privateKey, respell],
  ["a signature of ES256", "ES256", EC.privateKey, negate],
  ["an encryption", "RS256", RSA.privateKey, encryptAgain],
])(
  "a token that is written in another way, by %s, is the same token, and not one more to use",
  async (_what, alg, key, rewrite) => {
    await using folder = await TestFolder.create();
    const decryption = folder.join("decryption");
    await writeFile(decryption, pem(RSA.privateKey));
    const source = await sourceWith(folder, pem(key), { decryption_key_file: decryption });
    const token = await sign(CLAIMS, alg, key);
    const other = await rewrite(token);
    expect(other).not.toBe(token);
    const [one, same] = [await find(source, token), await find(source, other)];
    expect(same).toEqual(one);
    expect(one).toBeDefined();
    expect((await find(source, await sign({ ...CLAIMS, jti: "2" }, alg, key)))?.tokenId).not.toBe(one?.tokenId);
  },
);
