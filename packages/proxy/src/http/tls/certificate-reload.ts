import type { Logger } from "../../telemetry/log.ts";
import {
  type CertificateFiles,
  type CertificateText,
  checkCertificate,
  readCertificate,
  validityProblem,
  type Certificate,
} from "./certificate.ts";

/** How often the files are read again, in milliseconds. */
const LOOK_MS = 5000;

export interface CertificateReloadOptions {
  readonly files: CertificateFiles;
  /** The {@link CertificateText.digest} of what is in use. */
  readonly digest: string;
  /** What is in use. */
  readonly current: Certificate;
  /** Takes a new certificate into use. */
  readonly use: (certificate: Certificate) => void;
  readonly log: Logger;
  /** Test seam, in milliseconds. @defaultValue 5000 */
  readonly everyMs?: number | undefined;
}

/**
 * Takes a renewed certificate into use without a restart. Reading is what finds every renewal: by
 * rename, through a symbolic link, or with the old time of change kept.
 */
export class CertificateReload {
  readonly #options: CertificateReloadOptions;
  #timer: NodeJS.Timeout;
  /** What was found at the last look: a digest, or why there was nothing. */
  #seen: string;
  /** What was settled last, in use or refused. */
  #settled: string;
  #current: Certificate;
  #stopped = false;

  constructor(options: CertificateReloadOptions) {
    this.#options = options;
    this.#seen = options.digest;
    this.#settled = options.digest;
    this.#current = options.current;
    this.#timer = this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Takes what the files hold now, without waiting for them to stop changing. Logs what cannot be used. */
  async lookNow(): Promise<void> {
    const found = await readCertificate(this.#options.files).catch((error: Error) => error);
    const what = found instanceof Error ? found.message : found.digest;
    if (this.#stopped || what === this.#settled) return;
    this.#seen = what;
    this.#settled = what;
    this.#settle(found);
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), this.#options.everyMs ?? LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const found = await readCertificate(this.#options.files).catch((error: Error) => error);
    const what = found instanceof Error ? found.message : found.digest;
    if (this.#stopped) return;
    this.#timer = this.#lookLater();
    // A certificate and its key are written one after the other: wait until nothing changes any more.
    const atRest = what === this.#seen;
    this.#seen = what;
    if (!atRest || what === this.#settled) return;
    this.#settled = what;
    this.#settle(found);
  }

  #settle(found: CertificateText | Error): void {
    const { files, log, use } = this.#options;
    try {
      if (found instanceof Error) throw found;
      const certificate = checkCertificate(found, files);
      const problem = validityProblem(certificate);
      // One that is as bad as the old one at least has what the operator wants now.
      if (problem !== undefined && validityProblem(this.#current) === undefined) throw new Error(problem);
      use(certificate);
      this.#current = certificate;
      log.info({ cert: files.cert, valid_to: certificate.validTo }, "certificate renewed");
    } catch (error) {
      log.error({ err: error }, "the new certificate cannot be used; the old one stays");
    }
  }
}
