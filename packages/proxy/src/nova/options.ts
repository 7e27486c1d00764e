import {
  BACKENDS,
  type BackendsValues,
  COMMON,
  type CommonValues,
  CONSOLE,
  CONSOLEAUTH,
  type ConsoleauthValues,
  type ConsoleValues,
  type Options,
  RABBIT,
  type RabbitValues,
  SERIAL,
  SPICE,
  VNC,
  type VncValues,
} from "./definitions.ts";
import type { Configuration } from "./oslo/configuration.ts";
import type { Option } from "./oslo/option.ts";
import type { Service } from "./service.ts";

/** The values of a group of options; undefined where there is none, and no default. */
type Read<Values> = { readonly [Name in keyof Values]: Values[Name] | undefined };

/** Where a proxy listens, and where browsers reach it. */
interface Listener {
  readonly host: Option<string>;
  readonly port: Option<number>;
  readonly baseUrl: Option<string>;
}

/** The options of each proxy's listener. */
export const LISTENERS: Readonly<Record<Service["name"], Listener>> = {
  novnc: {
    host: VNC.novncproxy_host,
    port: VNC.novncproxy_port,
    baseUrl: VNC.novncproxy_base_url,
  },
  serial: {
    host: SERIAL.serialproxy_host,
    port: SERIAL.serialproxy_port,
    baseUrl: SERIAL.base_url,
  },
  spice: {
    host: SPICE.html5proxy_host,
    port: SPICE.html5proxy_port,
    baseUrl: SPICE.html5proxy_base_url,
  },
};

/** What nova.conf says that concerns a console proxy. */
export interface NovaOptions {
  readonly listener: { readonly host: string; readonly port: number | undefined; readonly baseUrl: string | undefined };
  readonly common: Read<CommonValues>;
  readonly console: Read<ConsoleValues>;
  readonly consoleauth: Read<ConsoleauthValues>;
  /** Undefined for the other proxies, which have no use for it. */
  readonly vnc: Read<VncValues> | undefined;
  readonly backends: Read<BackendsValues>;
  readonly rabbit: Read<RabbitValues>;
}

/**
 * Reads the options of a proxy. As in Nova, those of the other proxies are not looked at, and may be wrong.
 *
 * @throws ConfValueError naming the place of a wrong value and what was expected.
 */
export function readNovaOptions(configuration: Configuration, { name }: Service): NovaOptions {
  const { host, port, baseUrl } = LISTENERS[name];
  return {
    listener: {
      host: configuration.get(host) ?? "",
      port: configuration.get(port),
      baseUrl: configuration.get(baseUrl),
    },
    common: readGroup(configuration, COMMON),
    console: readGroup(configuration, CONSOLE),
    consoleauth: readGroup(configuration, CONSOLEAUTH),
    vnc: name === "novnc" ? readGroup(configuration, VNC) : undefined,
    backends: readGroup(configuration, BACKENDS),
    rabbit: readGroup(configuration, RABBIT),
  };
}

function readGroup<Values>(configuration: Configuration, group: Options<Values>): Read<Values> {
  const options = Object.entries<Option<unknown>>(group);
  return Object.fromEntries(options.map(([name, option]) => [name, configuration.get(option)])) as Read<Values>;
}
