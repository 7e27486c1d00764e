import { CompactEncrypt, SignJWT } from "jose";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Grant } from "../../src/tokens/grant.ts";
import { type JwtSourceOptions, JwtTokenSource } from "../../src/tokens/jwt/jwt-source.ts";
import type { TestFolder } from "../support/folder.ts";

export const CLAIMS = { host: "10.0.0.5", port: 5901 };

export const DEFAULTS: JwtSourceOptions = {
  key_file: null,
  jwks_url: null,
  decryption_key_file: null,
  issuer: null,
  audience: null,
  user_claim: "sub",
  console_type: "vnc",
  timeout: 5,
};

export type Key = Parameters<SignJWT["sign"]>[0];

export async function sign(claims: object, alg: string, key: Key, header: object = {}): Promise<string> {
  return await new SignJWT({ ...claims }).setProtectedHeader({ alg, ...header }).sign(key);
}

export async function encrypt(text: string, alg: string, key: Key, enc = "A256GCM"): Promise<string> {
  return await new CompactEncrypt(Buffer.from(text)).setProtectedHeader({ alg, enc }).encrypt(key);
}

/** A source whose key file holds this text. */
export async function sourceWith(
  folder: TestFolder,
  text: string,
  options: Partial<JwtSourceOptions> = {},
): Promise<JwtTokenSource> {
  const path = folder.join("key");
  await writeFile(path, text);
  return await JwtTokenSource.open({ ...DEFAULTS, key_file: path, ...options });
}

export const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const EC = generateKeyPairSync("ec", { namedCurve: "P-256" });

export function pem(key: KeyObject): string {
  return String(key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }));
}

export async function find(source: JwtTokenSource, token: string): Promise<Grant | undefined> {
  return await source.resolve(token);
}
