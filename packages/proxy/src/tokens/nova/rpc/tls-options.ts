import type { ConnectionOptions } from "node:tls";
import { readConfigFile } from "../../../read-file.ts";
import type { NovaRpcOptions } from "./options.ts";

/**
 * TLS to the broker as oslo.messaging means it: without `ssl_ca_file` any certificate is accepted.
 *
 * @returns undefined for a connection without TLS.
 * @throws Error that names the option whose file cannot be read.
 */
export async function tlsOptions(options: NovaRpcOptions): Promise<ConnectionOptions | undefined> {
  if (!options.ssl) return undefined;
  const ca = await read(options, "ssl_ca_file");
  const cert = await read(options, "ssl_cert_file");
  const key = await read(options, "ssl_key_file");
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
    ...(options.ssl_enforce_hostname_verification ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function read(
  options: NovaRpcOptions,
  name: "ssl_ca_file" | "ssl_cert_file" | "ssl_key_file",
): Promise<Buffer | undefined> {
  const file = options[name];
  if (file === null || file === "") return undefined;
  try {
    return await readConfigFile(file);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
