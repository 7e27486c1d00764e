import type { StoreServer } from "./client.ts";

/** Where the store of a cluster is. */
export interface StoreAddress {
  /** The server; with Sentinels, what is the same for each server that they name. */
  readonly server: StoreServer;
  /** Those that know which server it is; undefined where it is always the same. */
  readonly sentinels: readonly SentinelAddress[] | undefined;
  /** What the Sentinels call it. */
  readonly master: string;
}

/** Where a Sentinel listens, and who connects. */
export type SentinelAddress = Pick<StoreServer, "host" | "port" | "username" | "password">;

const EXPECTED =
  "redis://[user:password@]host[:port][/database], rediss:// for TLS, redis+sentinel://[user:password@]host[:port],…/name[/database], or the URL of a database such as postgresql:// or mysql://user:password@host/database";

const PATTERN = /^redis(s?)(\+sentinel)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * Parses `redis://host`, `rediss://` for TLS, and `redis+sentinel://one,two,three/name`, whose Sentinels can have a user and
 * a password of their own (`?sentinel_username=…&sentinel_password=…`).
 *
 * @throws TypeError saying what was expected. It does not quote the URL, which may have a password.
 */
export function parseStoreUrl(url: string): StoreAddress {
  const match = PATTERN.exec(url);
  if (match === null) throw new TypeError(`expected ${EXPECTED}`);
  const [, secure, sentinel, userInfo, hostList = "", path = "", query] = match;
  const [username, password] = parseUserInfo(userInfo);
  const account = { username, password };
  const hosts = hostList.split(",").map((host) => parseHost(host, sentinel === undefined ? REDIS_PORT : SENTINEL_PORT));
  const segments = path.split("/").map(decode);
  const tls = secure === "s";
  if (sentinel === undefined) {
    const [host] = hosts;
    if (hosts.length > 1) {
      throw new TypeError(
        `expected one host, but got several (${hostList}): only Sentinels can be several, as in ${EXPECTED}`,
      );
    }
    if (host === undefined || segments.length > 1 || query !== undefined) {
      throw new TypeError(`expected one host and no more than a database, such as in ${EXPECTED}`);
    }
    const database = parseDatabase(segments[0]);
    return { server: { ...host, ...account, tls, database }, sentinels: undefined, master: "" };
  }
  const [master = "", database] = segments;
  if (master === "" || segments.length > 2) throw new TypeError(`expected the name of the master as in ${EXPECTED}`);
  const options = new URLSearchParams(query);
  const own = {
    username: options.get("sentinel_username") ?? undefined,
    password: options.get("sentinel_password") ?? undefined,
  };
  for (const name of options.keys()) {
    if (name !== "sentinel_username" && name !== "sentinel_password") {
      throw new TypeError(`expected the parameters sentinel_username and sentinel_password, but got ${name}`);
    }
  }
  return {
    server: { host: "", port: 0, ...account, tls, database: parseDatabase(database) },
    sentinels: hosts.map((host) => ({ ...host, ...own })),
    master,
  };
}

function parseUserInfo(userInfo: string | undefined): readonly [string | undefined, string | undefined] {
  if (userInfo === undefined) return [undefined, undefined];
  const colon = userInfo.indexOf(":");
  const user = decode(colon === -1 ? userInfo : userInfo.slice(0, colon));
  const password = colon === -1 ? undefined : decode(userInfo.slice(colon + 1));
  return [user === "" ? undefined : user, password];
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([\da-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) {
    throw new TypeError(`expected host, host:port or [IPv6]:port, but got ${JSON.stringify(text)}`);
  }
  return { host, port };
}

function parseDatabase(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (!/^\d{1,5}$/.test(text))
    throw new TypeError(`expected the number of a database, but got ${JSON.stringify(text)}`);
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError("expected a % only before two hexadecimal digits (%25 for % itself)");
  }
}
