import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readConfigFile } from "../../read-file.ts";
import { sha256 } from "../../sha256.ts";

/** The files with the certificate of a listener. */
export interface CertificateFiles {
  /** What the names of the options `cert` and `key` begin with, for errors. @defaultValue "", those of `listen` */
  readonly prefix?: string | undefined;
  /** PEM: the certificate, followed by the intermediate certificates. */
  readonly cert: string;
  /** PEM; null when `cert` contains the private key. */
  readonly key: string | null;
  /** What the private key is encrypted with; null where it is not. */
  readonly passphrase: string | null;
}

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  readonly cert: string;
  /** As in its file: perhaps encrypted. */
  readonly key: string;
  readonly passphrase: string | undefined;
  /** The first moment at which browsers take it. */
  readonly validFrom: Date;
  /** The last moment at which browsers take it. */
  readonly validTo: Date;
}

/** What the files hold, as read. */
export interface CertificateText {
  readonly cert: string;
  readonly key: string;
  /** Tells one content from another without keeping it. */
  readonly digest: string;
}

/** @throws Error naming the option and the file that cannot be read. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateText> {
  const cert = await read(`${files.prefix ?? ""}cert`, files.cert);
  const key = files.key === null ? cert : await read(keyOption(files), files.key);
  return { cert, key, digest: sha256(cert, "\0", key).toString("hex") };
}

/** @throws Error naming the option, the file and what was expected in it. */
export function checkCertificate({ cert, key }: CertificateText, files: CertificateFiles): Certificate {
  const certificate = parseFirst(cert, files);
  if (!certificate.checkPrivateKey(parseKey(key, files))) {
    const keyFile = files.key ?? files.cert;
    throw new Error(
      `${keyOption(files)}: expected the private key of the certificate in ${files.cert}, but ${keyFile} holds another one`,
    );
  }
  const passphrase = files.passphrase ?? undefined;
  return { cert, key, passphrase, validFrom: certificate.validFromDate, validTo: certificate.validToDate };
}

/** Why browsers do not take a certificate now; undefined if its time is right. */
export function validityProblem({ validFrom, validTo }: Certificate, now: number = Date.now()): string | undefined {
  if (validTo.getTime() < now) return "the certificate has expired";
  return validFrom.getTime() > now ? "the certificate is not valid yet" : undefined;
}

async function read(option: string, file: string): Promise<string> {
  return await readConfigFile(file)
    .then(String)
    .catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${option}: ${file} cannot be read: ${error.code ?? error.message}`);
    });
}

/** The listener's own certificate comes first (RFC 8446, section 4.4.2). */
function parseFirst(pem: string, { cert, prefix = "" }: CertificateFiles): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(`${prefix}cert: expected a certificate in PEM, but found none in ${cert}`);
  }
}

function parseKey(pem: string, files: CertificateFiles): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase: files.passphrase ?? undefined });
  } catch {
    const noOther = `${files.cert}, and the option ${files.prefix ?? ""}key names no other file`;
    const where = files.key ?? noOther;
    const what = files.passphrase === null ? "without a passphrase in PEM" : "in PEM that key_password opens";
    throw new Error(`${keyOption(files)}: expected a private key ${what}, but found none in ${where}`);
  }
}

/** The option that says where the private key is. */
function keyOption({ key, prefix = "" }: CertificateFiles): string {
  return `${prefix}${key === null ? "cert" : "key"}`;
}
