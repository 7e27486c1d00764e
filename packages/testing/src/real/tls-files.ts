import { chmod, chown, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { unprivilegedAccount } from "./process.ts";

/** Paths of a certificate and its key, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Copies the files to a server's folder, and gives them to its user: servers want a key that no other user can read. */
export async function copyTls(folder: string, tls: TlsFiles): Promise<TlsFiles> {
  const own = { cert: join(folder, "server.pem"), key: join(folder, "server-key.pem") };
  const account = unprivilegedAccount();
  for (const name of ["cert", "key"] as const) {
    await copyFile(tls[name], own[name]);
    await chmod(own[name], 0o600);
    if (account !== undefined) await chown(own[name], account.uid, account.gid);
  }
  return own;
}
