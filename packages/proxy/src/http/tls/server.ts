import type { RequestListener, ServerOptions } from "node:http";
import { Server, type ServerOptions as HttpsOptions } from "node:https";
import type { Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { sha256 } from "../../sha256.ts";
import type { Logger } from "../../telemetry/log.ts";
import {
  type Certificate,
  type CertificateFiles,
  checkCertificate,
  readCertificate,
  validityProblem,
} from "./certificate.ts";
import { readClientAuthorities } from "./client-certificate.ts";
import { CertificateReload } from "./certificate-reload.ts";
import { servePlain } from "./plain.ts";
import { rotateTicketKeys } from "./ticket-keys.ts";

/** How long a client may take for the TLS handshake, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** The oldest TLS version that browsers may use, named as in Nova's `[console] ssl_minimum_version`. */
export type TlsMinimum = "default" | "tlsv1_2" | "tlsv1_3";

const VERSIONS = { default: undefined, tlsv1_2: "TLSv1.2", tlsv1_3: "TLSv1.3" } as const;

export interface TlsOptions extends CertificateFiles {
  readonly minimumVersion: TlsMinimum;
  /** OpenSSL cipher list, or null. */
  readonly ciphers: string | null;
  /** Whether clients that do not begin with TLS are served over plain HTTP, at the same port. */
  readonly allowsPlain: boolean;
  /** PEM file with the authorities of clients' certificates; null where clients need none. */
  readonly clientCa: string | null;
  /** What the keys of session tickets are derived from: the same in all workers. */
  readonly ticketSecret: Buffer;
}

/** What a {@link createTlsServer} needs of its gateway. */
export interface TlsContext {
  /** For requests and upgrades, as a plain server takes them. */
  readonly http: ServerOptions;
  /** @defaultValue listeners that are added later */
  readonly handler?: RequestListener;
  readonly log: Logger;
  /** Told of each certificate that comes into use. */
  readonly certificateUsed: (validTo: Date) => void;
  /** Test seam: how often the files are read again, in milliseconds. */
  readonly renewalMs?: number;
}

/**
 * A server that speaks HTTP/1.1 over TLS, with a certificate that can be renewed while it listens.
 *
 * @throws Error naming the option and the file that is wrong.
 */
export async function createTlsServer(options: TlsOptions, context: TlsContext): Promise<TlsServer> {
  const text = await readCertificate(options);
  const first = checkCertificate(text, options);
  let clientCa = options.clientCa === null ? undefined : await readClientAuthorities(options.clientCa);
  const secure = secureOptions(options, first, clientCa);
  // Clients without a certificate are answered, so that they learn why, and health checks need none.
  const clients = clientCa !== undefined && { requestCert: true, rejectUnauthorized: false };
  const server = new TlsServer(
    { ...context.http, ...secure, ...clients, handshakeTimeout: HANDSHAKE_MS },
    context.handler,
  );
  if (options.allowsPlain) servePlain(server);
  const setTicketKeys = rotateTicketKeys(server, options.ticketSecret);
  context.certificateUsed(first.validTo);
  const problem = validityProblem(first);
  if (problem !== undefined) context.log.error({ cert: options.cert, valid_to: first.validTo }, problem);
  let current = first;
  const apply = (certificate: Certificate, authorities: string | undefined): void => {
    server.setSecureContext(secureOptions(options, certificate, authorities));
    setTicketKeys();
    current = certificate;
    clientCa = authorities;
  };
  server.once("listening", () => {
    const renewal = new CertificateReload({
      files: options,
      digest: text.digest,
      current: first,
      use: (certificate) => {
        apply(certificate, clientCa);
        context.certificateUsed(certificate.validTo);
      },
      log: context.log,
      everyMs: context.renewalMs,
    });
    server.reloadCertificate = async (authorities) => {
      await renewal.lookNow();
      if (authorities !== clientCa) apply(current, authorities);
    };
    server.once("close", () => renewal.stop());
  });
  return server;
}

/** What {@link createTlsServer} makes. */
export class TlsServer extends Server {
  /**
   * Takes a changed certificate into use at once; it is noticed without that, too.
   *
   * @param clientCa - the authorities of clients' certificates, as PEM. A server that asks for none must get undefined.
   */
  reloadCertificate: (clientCa: string | undefined) => Promise<void> = async () => {};
  /** Node's HTTP server learns of a connection only after its handshake. */
  readonly #connections = new Set<Socket>();

  constructor(options: HttpsOptions, handler: RequestListener | undefined) {
    super(options, handler);
    this.on("connection", (socket: Socket) => {
      this.#connections.add(socket);
      socket.once("close", () => this.#connections.delete(socket));
    });
  }

  /** Also those in the middle of their handshake, and those that were upgraded. */
  override closeAllConnections(): void {
    super.closeAllConnections();
    for (const socket of this.#connections) socket.destroy();
  }
}

/** @throws Error naming the option that OpenSSL does not take. */
function secureOptions(
  { ciphers, minimumVersion, cert, prefix = "" }: TlsOptions,
  certificate: Certificate,
  clientCa: string | undefined,
): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: certificate.cert,
    key: certificate.key,
    passphrase: certificate.passphrase,
    minVersion: VERSIONS[minimumVersion],
    ciphers: ciphers ?? undefined,
    // A session that began with other authorities cannot be resumed (SSL_CTX_set_session_id_context(3)).
    ...(clientCa !== undefined && { ca: clientCa, sessionIdContext: sha256(clientCa).toString("hex").slice(0, 32) }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_SSL_NO_CIPHER_MATCH")
      throw new Error(`${prefix}cert: OpenSSL refuses ${cert}: ${message}`, { cause });
    throw new Error(
      `console.ssl_ciphers: expected an OpenSSL cipher list, but nothing matches ${JSON.stringify(ciphers)}`,
      { cause },
    );
  }
  return options;
}
