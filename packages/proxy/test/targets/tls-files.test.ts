import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { type PemFile, TlsFiles } from "../../src/targets/tls-files.ts";
import { TestCertificate } from "../support/certificate.ts";

let made: TestCertificate;
let other: TestCertificate;
beforeEach(async () => {
  made = await TestCertificate.create();
  other = await TestCertificate.create();
});
afterEach(() => {
  made[Symbol.dispose]();
  other[Symbol.dispose]();
});

const unusable: string[] = [];
afterEach(() => void (unusable.length = 0));

function open(files: { ca?: string; cert?: string; key?: string }): TlsFiles {
  const file = (option: string, path: string | undefined): PemFile | undefined =>
    path === undefined ? undefined : { option, path };
  return new TlsFiles({
    ca: file("ca", files.ca),
    cert: file("cert", files.cert),
    key: file("key", files.key),
    onUnusable: ({ message }) => void unusable.push(message),
  });
}

describe("files that cannot be used are refused, and the error names the option and the file", () => {
  const text = (content: string): string => {
    const path = join(made.folder, "text");
    writeFileSync(path, content);
    return path;
  };

  test("missing ones", () => {
    for (const option of ["ca", "cert", "key"]) {
      const path = join(made.folder, "missing.pem");
      expect(() => open({ ca: made.cert, cert: made.cert, key: made.key, [option]: path })).toThrow(
        `${option}: ${path} cannot be read: ENOENT`,
      );
    }
  });

  test.skipIf(process.platform === "win32")("links that lead nowhere", () => {
    const path = join(made.folder, "loop.pem");
    symlinkSync(path, path);
    for (const option of ["ca", "cert", "key"]) {
      expect(() => open({ ca: made.cert, cert: made.cert, key: made.key, [option]: path })).toThrow(
        `${option}: ${path} cannot be read: ELOOP`,
      );
    }
  });

  test("what is no certificate", () => {
    for (const option of ["ca", "cert"]) {
      const path = text("rubbish");
      expect(() => open({ [option]: path })).toThrow(
        `${option}: expected a certificate in PEM, but found none in ${path}`,
      );
    }
  });

  test("no private key, and another one's", () => {
    const expected = "expected the private key of the certificate in";
    expect(() => open({ cert: made.cert })).toThrow(`cert: ${expected} ${made.cert}`);
    expect(() => open({ cert: made.cert, key: text("rubbish") })).toThrow(`key: ${expected}`);
    expect(() => open({ cert: made.cert, key: other.key })).toThrow(`key: ${expected} ${other.key}`);
  });

  test("a gateway does not start with them, unless the scheme vencrypt is off", () => {
    const vnc = { vencrypt_ca_certs: join(made.folder, "missing.pem") };
    const make = (schemes: readonly ("none" | "vencrypt")[]): unknown =>
      createGateway({ config: { tokens: { path: ":memory:" }, vnc: { ...vnc, auth_schemes: schemes } } });
    expect(() => make(["none", "vencrypt"])).toThrow(`vnc.vencrypt_ca_certs: ${vnc.vencrypt_ca_certs} cannot be read`);
    expect(() => make(["none"])).not.toThrow();
  });
});

describe("changed files", () => {
  test("are used for the next connection, and not read again before they change", async () => {
    const files = open({ ca: made.cert, cert: made.cert, key: made.key });
    const first = await files.context();
    expect(await files.context()).toBe(first);
    made.replaceBy(other);
    const second = await files.context();
    expect(second).not.toBe(first);
    expect(await files.context()).toBe(second);
    expect(unusable).toEqual([]);
  });

  test("that cannot be used are told of once, and the old ones stay until they can", async () => {
    const files = open({ cert: made.cert, key: made.key });
    const first = await files.context();
    writeFileSync(made.cert, other.pem);
    expect(await Promise.all([files.context(), files.context()])).toEqual([first, first]);
    expect(await files.context()).toBe(first);
    expect(unusable).toHaveLength(1);
    expect(unusable[0]).toContain("key: expected the private key of the certificate in");
    writeFileSync(made.key, other.pair.key);
    expect(await files.context()).not.toBe(first);
  });
});
