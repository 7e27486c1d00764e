import { type Command, Option as Flag } from "commander";
import { COMMON, SERIAL, SPICE, VNC } from "../nova/definitions.ts";
import type { Argument } from "../nova/oslo/files.ts";
import type { Option } from "../nova/oslo/option.ts";
import { boolean } from "../nova/oslo/value-types.ts";
import type { Service } from "../nova/service.ts";

/** What is a flag besides those of all proxies (`doc/source/cli` of Nova). */
const SERVICE_FLAGS: Readonly<Record<Service["name"], readonly Option<unknown>[]>> = {
  novnc: [
    VNC.novncproxy_host,
    VNC.novncproxy_port,
    VNC.auth_schemes,
    VNC.vencrypt_ca_certs,
    VNC.vencrypt_client_cert,
    VNC.vencrypt_client_key,
  ],
  serial: [SERIAL.serialproxy_host, SERIAL.serialproxy_port],
  spice: [SPICE.html5proxy_host, SPICE.html5proxy_port],
};

/** Flags of releases before 2025.2, and of oslo.log where they have no effect here. */
const IGNORED: readonly string[] = [
  "--remote_debug-host <host>",
  "--remote_debug-port <port>",
  "--log-date-format <format>",
  "--syslog-log-facility <facility>",
];

/**
 * Adds the flags of Nova's program. Those of oslo.config count in their order: a file overrides flags before it.
 *
 * @param args - takes them, in the order of the command line.
 */
export function addNovaFlags(command: Command, service: Service, args: Argument[]): void {
  const add = (flags: string, description: string | undefined, take: (value: string) => Argument | undefined): void => {
    const flag = new Flag(flags, description).hideHelp(description === undefined);
    command.addOption(flag).on(`option:${flag.name()}`, (value: string) => {
      const argument = take(value);
      if (argument !== undefined) args.push(argument);
    });
  };
  add("--config-file <file>", "nova.conf, or another file; may be repeated", (configFile) => ({ configFile }));
  add("--config-dir <folder>", "folder whose *.conf are read; may be repeated", (configDir) => ({ configDir }));
  for (const option of [...Object.values<Option<unknown>>(COMMON), ...SERVICE_FLAGS[service.name]]) {
    if (option === COMMON.use_stderr) continue;
    const { group, name } = option;
    for (const [index, [prefix, long]] of flagNames(option).entries()) {
      const flag = `--${prefix}${long}`;
      const description = index === 0 ? `overrides [${group}] ${name}` : undefined;
      if (option.type !== boolean) {
        add(`${flag} <value>`, description, (value) => ({ group, name, value, flag }));
        continue;
      }
      add(option === COMMON.debug ? `-d, ${flag}` : flag, description, () => ({ group, name, value: "true", flag }));
      const inverse = `--${prefix}no${long}`;
      add(inverse, undefined, () => ({ group, name, value: "false", flag: inverse }));
    }
  }
  for (const flags of IGNORED) add(flags, undefined, () => undefined);
}

/**
 * Options of oslo.log are flags with hyphens, all others as they are named. So are old names, except for those that only
 * had another group; those of oslo.log also have underscores.
 */
function flagNames({ group, name, deprecated }: Option<unknown>): readonly (readonly [string, string])[] {
  const spell = (each: string): string => (/^(?:log_|use_|watch_)/.test(each) ? each.replaceAll("_", "-") : each);
  const own = [group === "DEFAULT" ? "" : `${group}-`, spell(name)] as const;
  const old = deprecated.filter((each) => each.group === "DEFAULT" && each.name !== name);
  const spelled = new Set(old.flatMap((each) => [spell(each.name), each.name]));
  return [own, ...[...spelled].map((each) => ["", each] as const)];
}
