import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** What is special about a certificate. */
export interface CertificateOptions {
  /** When it becomes valid. @defaultValue now */
  readonly from?: Date;
  /** When it expires. @defaultValue a year from now */
  readonly to?: Date;
  /** Names that it is for. @defaultValue `localhost`, and the address 127.0.0.1 */
  readonly names?: readonly string[];
}

/** A certificate for 127.0.0.1 and localhost, signed by itself, in a folder of its own. */
export class TestCertificate implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "curfew-certificate-"));
  /** File of the certificate. */
  readonly cert: string = join(this.folder, "cert.pem");
  /** File of its private key. */
  readonly key: string = join(this.folder, "key.pem");

  private constructor(cert: string, key: string) {
    writeFileSync(this.cert, cert);
    writeFileSync(this.key, key);
  }

  static async create({ from, to, names }: CertificateOptions = {}): Promise<TestCertificate> {
    const local = [{ type: 7, ip: "127.0.0.1" } as const, { type: 2, value: "localhost" } as const];
    const altNames = names?.map((value) => ({ type: 2, value }) as const) ?? local;
    const made = await generate([{ name: "commonName", value: names?.[0] ?? "localhost" }], {
      keyType: "ec",
      curve: "P-256",
      ...(from && { notBeforeDate: from }),
      ...(to && { notAfterDate: to }),
      extensions: [{ name: "subjectAltName", altNames: [...altNames] }],
    });
    // OpenSSL ends each file with a line break.
    return new TestCertificate(`${made.cert.trim()}\n`, `${made.private.trim()}\n`);
  }

  /** The certificate as PEM: what a client has to trust. */
  get pem(): string {
    return readFileSync(this.cert, "utf8");
  }

  /** Its SHA-256 fingerprint. */
  get fingerprint(): string {
    return new X509Certificate(this.pem).fingerprint256;
  }

  /** Certificate and private key as PEM: what a server needs. */
  get pair(): { readonly cert: string; readonly key: string } {
    return { cert: this.pem, key: readFileSync(this.key, "utf8") };
  }

  /** Puts another certificate and its key where these two are. */
  replaceBy(other: TestCertificate): void {
    renameSync(other.cert, this.cert);
    renameSync(other.key, this.key);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
