import { X509Certificate } from "node:crypto";
import { type Stats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import { readFileOf } from "../read-file.ts";

/** One PEM file, and the option that names it. */
export interface PemFile {
  readonly option: string;
  readonly path: string;
}

/** The files that connections to targets are secured with. */
export interface TlsFileOptions {
  /** The trusted authorities. @defaultValue Node's own, with those of `NODE_EXTRA_CA_CERTS` */
  readonly ca: PemFile | undefined;
  /** The certificate of the gateway. @defaultValue it has none */
  readonly cert: PemFile | undefined;
  /** Its private key. @defaultValue `cert` contains it */
  readonly key: PemFile | undefined;
  /** Called when changed files cannot be used; those from before stay in use. */
  readonly onUnusable: (error: Error) => void;
}

/**
 * Certificates for connections to targets, from files. Renewed ones are taken into use with the next connection, as
 * Nova's proxies do it.
 */
export class TlsFiles {
  readonly #options: TlsFileOptions;
  readonly #paths: readonly string[];
  #context: SecureContext;
  /** Which versions of the files were looked at last. */
  #seen: string;
  #looking: Promise<void> | undefined;

  /** @throws Error that names the option and the file that is missing or wrong. */
  constructor(options: TlsFileOptions) {
    this.#options = options;
    this.#paths = [options.ca, options.cert, options.key].flatMap((file) => (file === undefined ? [] : [file.path]));
    this.#seen = describeVersions(this.#paths.map(statOf));
    this.#context = readContext(options);
  }

  /** What to secure a connection with; TLS 1.2 or later. */
  async context(): Promise<SecureContext> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
    return this.#context;
  }

  async #look(): Promise<void> {
    const now = describeVersions(await Promise.all(this.#paths.map((path) => stat(path).catch(() => undefined))));
    if (now === this.#seen) return;
    this.#seen = now;
    try {
      this.#context = readContext(this.#options);
    } catch (error) {
      this.#options.onUnusable(error as Error);
    }
  }
}

/** What keeps a file from being looked at is told when it is read, with the name of its option. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Tells versions of files from others. */
function describeVersions(files: readonly (Stats | undefined)[]): string {
  return files
    .map((file) =>
      file === undefined ? "missing" : `${file.dev} ${file.ino} ${file.size} ${file.mtimeMs} ${file.ctimeMs}`,
    )
    .join("\n");
}

function readContext({ ca, cert, key }: TlsFileOptions): SecureContext {
  const authorities = ca && readCertificates(ca);
  const certificate = cert && readCertificates(cert);
  const privateKey = key === undefined ? certificate : readFileOf(key.option, key.path);
  try {
    return createSecureContext({
      minVersion: "TLSv1.2",
      ...(authorities !== undefined && { ca: authorities }),
      ...(certificate !== undefined && { cert: certificate, key: privateKey }),
    });
  } catch (error) {
    const file = key ?? cert ?? ca;
    const { message } = error as Error;
    throw new Error(`${file?.option}: expected the private key of the certificate in ${file?.path}: ${message}`, {
      cause: error,
    });
  }
}

function readCertificates(file: PemFile): string {
  const pem = readFileOf(file.option, file.path);
  try {
    new X509Certificate(pem).toString();
    return pem;
  } catch (error) {
    throw new Error(`${file.option}: expected a certificate in PEM, but found none in ${file.path}`, { cause: error });
  }
}
