import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** What is special about a certificate that an authority signs. */
export interface IssueOptions {
  /** When it becomes valid. @defaultValue now */
  readonly from?: Date;
  /** When it expires. @defaultValue a year from now */
  readonly to?: Date;
}

/** The files of a certificate. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority, with a folder for what it signs. */
export class TestAuthority implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "curfew-authority-"));
  /** File of its own certificate. */
  readonly cert: string = join(this.folder, "ca-cert.pem");
  readonly #pair: { readonly cert: string; readonly key: string };

  private constructor(pair: { readonly cert: string; readonly key: string }) {
    this.#pair = pair;
    writeFileSync(this.cert, pair.cert);
  }

  static async create(name = "Test authority"): Promise<TestAuthority> {
    const made = await generate([{ name: "commonName", value: name }], {
      keyType: "ec",
      curve: "P-256",
      algorithm: "sha256",
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new TestAuthority({ cert: made.cert, key: made.private });
  }

  /** Signs a certificate for 127.0.0.1, and writes `<name>-cert.pem` and `<name>-key.pem`. */
  async issue(name: string, { from, to }: IssueOptions = {}): Promise<Issued> {
    const made = await generate([{ name: "commonName", value: name }], {
      keyType: "ec",
      curve: "P-256",
      algorithm: "sha256",
      ca: this.#pair,
      ...(from && { notBeforeDate: from }),
      ...(to && { notAfterDate: to }),
      extensions: [
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
      ],
    });
    const issued = { cert: join(this.folder, `${name}-cert.pem`), key: join(this.folder, `${name}-key.pem`) };
    writeFileSync(issued.cert, made.cert);
    writeFileSync(issued.key, made.private);
    return issued;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
