import type { Command } from "commander";
import { getCACertificates } from "node:tls";
import { readConfigFile } from "../read-file.ts";
import { AdminClient } from "../admin/client.ts";
import type { AdminConfig } from "../config/admin.ts";
import { loadConfig } from "../config/load.ts";
import { formatAddress } from "../net/address.ts";
import { CommandError } from "./command-error.ts";

/** What the address of a Unix socket begins with. */
const UNIX = "unix:";

/** Options of the commands that talk to a running gateway. */
export interface AdminOptions {
  readonly config?: string;
  readonly admin?: string;
  readonly key?: string;
  readonly ca?: string;
}

/** Adds the options that say which gateway to talk to. */
export function withAdminOptions(command: Command): Command {
  return command
    .option("--config <file>", "the gateway's configuration, for the options of admin")
    .option("--admin <url>", "address of the admin API, also unix:/path, instead of admin.socket and admin.listen")
    .option("--key <key>", "key of the admin API, instead of admin.key; CURFEW_ADMIN_KEY does the same")
    .option("--ca <file>", "PEM file with the authorities of the admin API's certificate, or that certificate itself");
}

/** @throws CommandError when no key is known, and none of the gateway's addresses is one that needs none. */
export async function openAdminClient(options: AdminOptions): Promise<AdminClient> {
  const load = async (key: { readonly key?: null }): Promise<AdminConfig> => {
    const flags = { admin: { ...key, keys: [] } };
    return (await loadConfig({ file: options.config, env: process.env, flags, only: "admin" })).admin;
  };
  // The file of a key that is not needed is not read either: it may be one that only the gateway can read.
  const admin = await load({ key: null });
  const url = options.admin ?? defaultUrl(admin, options.key);
  const key = options.key ?? (url.startsWith(UNIX) ? undefined : ((await load({})).key ?? undefined));
  if (key === undefined && !url.startsWith(UNIX)) {
    throw new CommandError(
      "the key of the admin API is not known: expected admin.key in --config, CURFEW_ADMIN_KEY or --key, " +
        "or the Unix socket, which needs none, as admin.socket in --config or --admin unix:/path " +
        "(a gateway without a key and a socket prints a generated key when it starts)",
    );
  }
  return new AdminClient({ url, key, ca: await trusted(options.ca, admin, url) });
}

/** A key that is given is for the address: the socket needs none. */
function defaultUrl({ listen, socket, tls_cert }: AdminConfig, key: string | undefined): string {
  if (socket !== null && key === undefined) return `${UNIX}${socket}`;
  return `${tls_cert === null ? "http" : "https"}://${formatAddress(listen)}`;
}

/**
 * What an https address is trusted by: what Node trusts, the file that is named, and the gateway's own certificate where the
 * configuration names it, whichever authority has signed that.
 */
async function trusted(file: string | undefined, admin: AdminConfig, url: string): Promise<string | undefined> {
  if (!url.startsWith("https:")) return undefined;
  const named = file === undefined ? "" : await readNamed(file);
  const own = admin.tls_cert === null ? "" : await readConfigFile(admin.tls_cert).catch(() => "");
  return [...getCACertificates("default"), named, own].join("\n");
}

async function readNamed(file: string): Promise<Buffer> {
  return await readConfigFile(file).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(`--ca: ${file} cannot be read: ${code ?? message}`, { cause });
  });
}
