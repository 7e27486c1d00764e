import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { readConfigFile } from "../../read-file.ts";

/** How much of a subject is logged, in characters. */
const MAX_SUBJECT = 256;

/**
 * Reads the authorities of `client_ca`.
 *
 * @returns PEM.
 * @throws Error naming the option, the file, and what was expected in it.
 */
export async function readClientAuthorities(file: string): Promise<string> {
  const pem = await readConfigFile(file)
    .then(String)
    .catch((error: NodeJS.ErrnoException) => {
      throw new Error(`client_ca: ${file} cannot be read: ${error.code ?? error.message}`);
    });
  try {
    new X509Certificate(pem).toString();
  } catch {
    throw new Error(`client_ca: expected a certificate in PEM, but found none in ${file}`);
  }
  return pem;
}

/**
 * The subject of a client's certificate, such as `O=Example, CN=ada`, if an authority of `client_ca` has signed it.
 *
 * @returns undefined for a client that has shown none, or another, or does not speak TLS.
 */
export function clientSubject(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.subject.replaceAll("\n", ", ").slice(0, MAX_SUBJECT);
}

/**
 * The common name in that subject.
 *
 * @returns undefined where there is no such certificate, or its subject has no common name, or several.
 */
export function clientCommonName(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === "string" ? name : undefined;
}
