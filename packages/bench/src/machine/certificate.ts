import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** PEM files with a certificate for 127.0.0.1 and its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate with a P-256 key, the most common kind today. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" ");
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  await promisify(execFile)("openssl", [...kind, ...name, "-out", cert, "-keyout", key]);
  return { cert, key };
}
