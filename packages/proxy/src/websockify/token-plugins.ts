import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { nearestName } from "../config/nearest-name.ts";
import { ConfigError } from "../config/schema.ts";
import type { TokenSourceInput } from "../config/token-source-config.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import { TOKEN_PLACE } from "../tokens/http-source.ts";
import { findPlugin } from "./find-plugin.ts";

/** What a token plugin becomes. */
export interface MappedPlugin {
  readonly source: TokenSourceInput;
  /** Folder of Unix sockets that may be dialed. */
  readonly sockets?: string;
}

type Mapping = (source: string, consoleType: ConsoleType) => MappedPlugin | Promise<MappedPlugin>;

/** The token plugins of websockify 0.13, each with the token source that does the same. */
export const TOKEN_PLUGINS: Readonly<Record<string, Mapping>> = {
  ReadOnlyTokenFile: mapTokenFile,
  TokenFile: mapTokenFile,
  TokenFileName: (path, console_type) => ({
    source: { type: "directory", path: resolve(path), format: "names", console_type },
  }),
  BaseTokenAPI: mapHttp,
  JSONTokenApi: mapHttp,
  JWTTokenApi: (path, console_type) => ({ source: { type: "jwt", key_file: resolve(path), console_type } }),
  TokenRedis: mapRedis,
  UnixDomainSocketDirectory: async (folder, console_type) => {
    const path = await realpath(folder).catch((error: NodeJS.ErrnoException) => {
      throw new ConfigError([`--token-source: ${folder} cannot be read: ${error.code ?? error.message}`]);
    });
    return { source: { type: "unix_directory", path, console_type }, sockets: path };
  },
};

/**
 * The token source of `--token-plugin` and `--token-source`.
 *
 * @throws ConfigError that names the plugin and what to use instead of one in Python, or what is wrong with its source.
 */
export async function mapTokenPlugin(
  plugin: string,
  source: string | undefined,
  consoleType: ConsoleType,
): Promise<MappedPlugin> {
  const map = findPlugin(TOKEN_PLUGINS, plugin, "websockify.token_plugins");
  if (map === undefined) throw new ConfigError([describeUnknown(plugin)]);
  if (source === undefined) throw new ConfigError([`--token-plugin ${plugin}: expected --token-source as well`]);
  return await map(source, consoleType);
}

function describeUnknown(plugin: string): string {
  const names = Object.keys(TOKEN_PLUGINS);
  const nearest = nearestName(plugin.split(".").at(-1) ?? "", names, "") ?? "JSONTokenApi";
  return (
    `--token-plugin: ${plugin} is none of ${names.join(", ")}. Curfew loads no plugins in Python; the nearest is ` +
    `${nearest}. For rules of your own, answer them over HTTP: --token-plugin JSONTokenApi --token-source ` +
    "'http://127.0.0.1:8000/%s'"
  );
}

/** A file of lines, or a folder of such files. */
async function mapTokenFile(source: string, console_type: ConsoleType): Promise<MappedPlugin> {
  const path = resolve(source);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    // Without it, lookups fail until it is there, as in websockify.
    () => false,
  );
  return {
    source: isFolder
      ? { type: "directory", path, format: "lines", console_type }
      : { type: "file", path, console_type },
  };
}

function mapHttp(url: string, console_type: ConsoleType): MappedPlugin {
  if (!url.includes(TOKEN_PLACE)) {
    throw new ConfigError([`--token-source: expected a URL with ${TOKEN_PLACE} where the token belongs`]);
  }
  return { source: { type: "http", url, console_type } };
}

/** `host[:port[:db[:password[:namespace]]]]`, where quotes keep colons. */
function mapRedis(source: string, console_type: ConsoleType): MappedPlugin {
  const fields = [...source.matchAll(/(?:^|:)(?:"([^"]+)"(?=:|$)|([^:]*))/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );
  const [host = "", port = "", database = "", password = "", namespace = ""] = fields;
  if (host === "" || fields.length > 5 || !/^\d*$/.test(port) || !/^\d*$/.test(database)) {
    // Without the value, which may hold a password.
    throw new ConfigError(["--token-source: expected host[:port[:db[:password[:namespace]]]] for TokenRedis"]);
  }
  const user = password === "" ? "" : `:${encodeURIComponent(password)}@`;
  const authority = host.includes(":") ? `[${host}]` : host;
  const url = `redis://${user}${authority}:${port === "" ? "6379" : port}/${database === "" ? "0" : database}`;
  return { source: { type: "redis", url, namespace: namespace === "" ? null : namespace, console_type } };
}
