import { parseEndpoint } from "../net/endpoint.ts";
import { ConfigError } from "../config/schema.ts";
import type { GivenOptions } from "./option-table.ts";

/** What websockify is asked to do, after its options were read. */
export interface WebsockifyCommand {
  readonly listen: ListenForm;
  readonly target: TargetForm;
}

/** Where clients connect. */
export type ListenForm =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | { readonly type: "unix"; readonly path: string; readonly mode: string }
  | { readonly type: "inetd" };

/** What clients are connected to. */
export type TargetForm =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | { readonly type: "unix"; readonly path: string }
  | { readonly type: "tokens"; readonly plugin: string; readonly source: string | undefined }
  | { readonly type: "command"; readonly command: readonly string[] };

/** Options that need another one. */
const NEEDS: readonly (readonly [name: string, needed: string])[] = [
  ["--token-source", "--token-plugin"],
  ["--host-token", "--token-plugin"],
  ["--auth-source", "--auth-plugin"],
  ["--web-auth", "--auth-plugin"],
  ["--web-auth", "--web"],
  ["--legacy-syslog", "--syslog"],
];

/**
 * Reads a command line as websockify does.
 *
 * @param operands - the arguments that are no options, up to `--`.
 * @param command - what follows `--`; undefined without it.
 * @throws ConfigError that names what is wrong or cannot be honored, and what was expected.
 */
export function readCommand(
  given: GivenOptions,
  operands: readonly string[],
  command: readonly string[] | undefined,
): WebsockifyCommand {
  const options = withTokenFile(given);
  const problems = describeMissing(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const rest = [...operands];
  const listen = readListen(options, rest);
  const target = readTarget(options, rest, command);
  if (rest.length > 0) throw new ConfigError([`${rest.join(" ")}: too many arguments`]);
  return { listen, target };
}

/** `--target-config FILE` is another way to write `--token-plugin TokenFile --token-source FILE`. */
function withTokenFile(given: GivenOptions): GivenOptions {
  const file = given.get("--target-config");
  if (file === undefined) return given;
  return new Map(given).set("--token-plugin", "TokenFile").set("--token-source", file);
}

function describeMissing(options: GivenOptions): readonly string[] {
  return NEEDS.filter(([name, needed]) => options.has(name) && !options.has(needed)).map(
    ([name, needed]) => `${name}: expected ${needed} as well`,
  );
}

function readListen(options: GivenOptions, rest: string[]): ListenForm {
  if (options.has("--inetd")) return { type: "inetd" };
  const path = options.get("--unix-listen");
  if (typeof path === "string") return { type: "unix", path, mode: readMode(options.get("--unix-listen-mode")) };
  const text = rest.shift();
  if (text === undefined) throw new ConfigError(["too few arguments: expected [source_addr:]source_port"]);
  const { host, port } = splitAddress(text);
  if (port === undefined) throw new ConfigError([`${text}: expected [source_addr:]source_port, such as 6080`]);
  return { type: "tcp", host, port };
}

function readMode(mode: string | number | true | undefined = "0600"): string {
  if (typeof mode === "string" && /^0*[0-7]{1,3}$/.test(mode)) return mode;
  throw new ConfigError([`--unix-listen-mode: expected octal digits such as 0600, but got "${mode}"`]);
}

function readTarget(options: GivenOptions, rest: string[], command: readonly string[] | undefined): TargetForm {
  const plugin = options.get("--token-plugin");
  const path = options.get("--unix-target");
  const forms = [plugin, path, command].filter((form) => form !== undefined);
  if (forms.length > 1) {
    throw new ConfigError(["expected only one of --token-plugin, --unix-target and -- with a command"]);
  }
  if (command !== undefined) {
    if (command.length === 0) throw new ConfigError(["--: expected a command behind it"]);
    return { type: "command", command };
  }
  if (typeof path === "string") return { type: "unix", path };
  if (typeof plugin === "string") {
    const source = options.get("--token-source");
    return { type: "tokens", plugin, source: typeof source === "string" ? source : undefined };
  }
  const text = rest.shift();
  if (text === undefined) throw new ConfigError(["too few arguments: expected target_addr:target_port"]);
  return { type: "tcp", ...readTargetAddress(text) };
}

function readTargetAddress(text: string): { host: string; port: number } {
  const { host, port } = splitAddress(text);
  try {
    const endpoint = parseEndpoint(`${host.includes(":") ? `[${host}]` : host}:${port}`);
    if (endpoint.type === "tcp") return endpoint;
  } catch {
    // Told below, with the text as it was written.
  }
  throw new ConfigError([`${text}: expected target_addr:target_port, such as 127.0.0.1:5900`]);
}

/** As websockify splits it: at the last colon, and without brackets. */
function splitAddress(text: string): { host: string; port: number | undefined } {
  const colon = text.lastIndexOf(":");
  const digits = text.slice(colon + 1);
  const port = /^\d{1,5}$/.test(digits) && Number(digits) <= 65_535 ? Number(digits) : undefined;
  return { host: text.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, ""), port };
}
