import { isAbsolute } from "node:path";
import * as v from "valibot";
import { type HashedKey, KEY_NAME, RIGHTS } from "../admin/keys.ts";
import type { Address } from "../net/address.ts";
import { group, option, options, secret } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

/** Where the admin API listens, and who may call it. */
export interface AdminConfig {
  /** Where the admin API listens. */
  readonly listen: Address;
  /** Descriptor of a socket that already listens, in place of `listen`; null for none. */
  readonly listen_fd: number | null;
  /** PEM file with the certificate of that listener; null for plain HTTP. */
  readonly tls_cert: string | null;
  /** PEM file with the certificate's private key; null when `tls_cert` has that, too. */
  readonly tls_key: string | null;
  /** Path of a Unix socket where the admin API listens as well and needs no key; null for none. */
  readonly socket: string | null;
  /** Permissions of that socket, in octal digits. */
  readonly socket_mode: string;
  /** The bearer key of the admin API with every right; null to generate one and print it once. */
  readonly key: string | null;
  /** Further keys, each with a name and rights. */
  readonly keys: readonly HashedKey[];
}

/** The longest path of a Unix socket, in bytes: `sun_path` of unix(7) without its NUL. */
const MAX_SOCKET_PATH = 107;

const socketPath = v.pipe(
  value.text,
  v.check(
    (path) => isAbsolute(path) && !path.endsWith("/"),
    "expected an absolute path such as /run/curfew/admin.sock",
  ),
  v.maxBytes(MAX_SOCKET_PATH, `expected at most ${MAX_SOCKET_PATH} bytes`),
);

const hashedKey: v.GenericSchema<unknown, HashedKey> = options({
  name: v.pipe(v.string("expected a string"), v.regex(KEY_NAME, "expected 1 to 64 letters, digits or any of . _ @ -")),
  // A key that was put in place of its hash is never quoted.
  sha256: secret(
    v.pipe(
      v.string("expected a string"),
      v.regex(/^[\da-fA-F]{64}$/, "expected the SHA-256 of a key in 64 hexadecimal digits"),
    ),
  ),
  rights: v.pipe(
    v.array(v.picklist(RIGHTS, `expected one of ${RIGHTS.join(", ")}`), "expected a list of rights"),
    v.minLength(1, `expected at least one of ${RIGHTS.join(", ")}`),
  ),
});

/** `admin`. */
export const admin: v.GenericSchema<unknown, AdminConfig> = group({
  listen: option(value.address, "127.0.0.1:6081", "Where the admin API, `/healthz` and `/metrics` listen."),
  listen_fd: option(
    v.nullable(value.descriptor),
    null,
    "Descriptor of a socket that already listens, in place of `admin.listen`; by default the one that systemd passes as `admin`, if any.",
  ),
  tls_cert: option(
    v.nullable(value.pemFile),
    null,
    "PEM file with the certificate chain of `admin.listen`, which then speaks https; by default it speaks http.",
  ),
  tls_key: option(
    v.nullable(value.pemFile),
    null,
    "PEM file with the private key, unless `admin.tls_cert` contains it.",
  ),
  socket: option(
    v.nullable(socketPath),
    null,
    "Path of a Unix socket where the admin API listens, too: programs that may open it need no key.",
  ),
  socket_mode: option(value.fileMode, "0600", "Permissions of that socket, in octal digits."),
  key: option(
    v.nullable(secret(value.bearerKey)),
    null,
    "Bearer key of the admin API with every right, 16 or more ASCII characters without spaces; by default, and without `admin.keys` and `admin.socket`, a key is generated and printed once.",
  ),
  keys: option(
    secret(v.array(hashedKey, "expected a list of keys, each with name, sha256 and rights")),
    [],
    "Further keys, each with `name`, `sha256` and `rights`.",
  ),
});
