import { nearestName } from "../config/nearest-name.ts";
import { ALL_OPTIONS } from "./definitions.ts";
import type { Assignment } from "./oslo/ini-file.ts";
import { formatName } from "./oslo/option.ts";

/** Options of Nova's other services, and of older releases, in the groups that the proxies own. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  vnc: [
    "enabled",
    "keymap",
    "server_listen",
    "server_proxyclient_address",
    "vncserver_listen",
    "vncserver_proxyclient_address",
    "xvpvncproxy_base_url",
    "xvpvncproxy_host",
    "xvpvncproxy_port",
  ],
  spice: [
    "agent_enabled",
    "enabled",
    "image_compression",
    "jpeg_compression",
    "keymap",
    "playback_compression",
    "require_secure",
    "server_listen",
    "server_proxyclient_address",
    "spice_direct_proxy_base_url",
    "streaming_mode",
    "zlib_compression",
  ],
  serial_console: ["enabled", "listen", "port_range", "proxyclient_address"],
  console: [],
  consoleauth: [],
};

/**
 * A line for each name that no release of Nova has in the groups of the proxies: it is probably misspelled, and its
 * value has no effect. Other groups are not looked at.
 */
export function describeUnknownNames(assignments: readonly Assignment[]): readonly string[] {
  const lines = new Map<string, string>();
  for (const assignment of assignments) {
    const { group, name, file, line } = assignment;
    const others = OTHERS[group];
    const key = formatName(assignment);
    if (group === "default") lines.set("[default]", `${file}:${line}: [default] is not [DEFAULT], and has no effect`);
    if (others === undefined || lines.has(key)) continue;
    const known = [...others, ...namesIn(group)];
    if (known.includes(name)) continue;
    const meant = nearestName(name, known, "");
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    lines.set(key, `${file}:${line}: there is no option ${key}${hint}`);
  }
  return [...lines.values()];
}

/** With those that stood there under older names. */
function namesIn(group: string): readonly string[] {
  return ALL_OPTIONS.flatMap((option) => [option, ...option.deprecated])
    .filter((each) => each.group === group)
    .map(({ name }) => name);
}
