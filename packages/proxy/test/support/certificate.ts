import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for 127.0.0.1 and localhost, signed by itself, in a folder of its own. */
export class TestCertificate implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "curfew-certificate-"));
  /** File of the certificate. */
  readonly cert: string = join(this.folder, "cert.pem");
  /** File of its private key. */
  readonly key: string = join(this.folder, "key.pem");

  constructor() {
    const names = "subjectAltName=IP:127.0.0.1,DNS:localhost";
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const files = ["-keyout", this.key, "-out", this.cert];
    execFileSync(
      "openssl",
      ["req", "-x509", ...curve, ...files, "-days", "2", "-subj", "/CN=localhost", "-addext", names],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
  }

  /** The certificate as PEM: what a client has to trust. */
  get pem(): string {
    return readFileSync(this.cert, "utf8");
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
