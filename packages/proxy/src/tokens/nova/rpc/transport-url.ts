import { isIPv6 } from "node:net";
import { unescape } from "node:querystring";

/** The port of AMQP, with and without TLS: oslo.messaging knows no other default. */
const DEFAULT_PORT = 5672;

/** A node of the broker, and who logs in there. */
export interface BrokerNode {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** What a transport URL says. */
export interface TransportUrl {
  /** At least one, in the order of the URL. */
  readonly nodes: readonly [BrokerNode, ...BrokerNode[]];
  readonly virtualHost: string;
  /** Options of `[oslo_messaging_rabbit]`, by name. */
  readonly query: ReadonlyMap<string, string>;
}

/** RabbitMQ's user where a URL names none, as kombu has it. */
const GUEST = { username: "guest", password: "guest" };

/**
 * Parses a transport URL as `oslo_messaging.TransportURL` does: several nodes, each with a user of its own, percent
 * encoding, IPv6 addresses with and without brackets, and options in the query.
 *
 * @throws TypeError that says what is wrong, without the passwords.
 */
export function parseTransportUrl(text: string): TransportUrl {
  const match = /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/(?<nodes>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?/.exec(
    text,
  );
  const { scheme = "", nodes = "", path = "", query = "" } = match?.groups ?? {};
  if (!/^(?:rabbit|kombu)$/i.test(scheme)) {
    const found = scheme === "" ? "no URL" : `${scheme}://`;
    throw new TypeError(`expected a URL such as rabbit://user:password@host:5672/, but got ${found}`);
  }
  const [first, ...others] = nodes
    .split(",")
    .filter((node) => node !== "")
    .map(parseNode);
  return {
    nodes: [first ?? { host: "localhost", port: DEFAULT_PORT, ...GUEST }, ...others],
    virtualHost: unescape(path.slice(1)) || "/",
    query: parseQuery(query),
  };
}

function parseNode(text: string, index: number): BrokerNode {
  const at = text.lastIndexOf("@");
  const address = parseHost(text.slice(at + 1));
  if (address === undefined) {
    // Where a password is not encoded, its parts may stand where the host is expected, so nothing is quoted.
    throw new TypeError(
      `expected host:port such as rabbit1:5672 or [fd00::1]:5672 in node ${index + 1} of the URL; ` +
        "in user and password, write the characters / ? # @ , as %2F %3F %23 %40 %2C",
    );
  }
  if (at === -1) return { ...address, ...GUEST };
  const [username = "", ...rest] = text.slice(0, at).split(":");
  return {
    ...address,
    username: unescape(username) || GUEST.username,
    password: unescape(rest.join(":")) || GUEST.password,
  };
}

/** A host with or without a port; undefined for anything else. An IPv6 address without brackets has no port. */
function parseHost(text: string): Pick<BrokerNode, "host" | "port"> | undefined {
  if (isIPv6(text)) return { host: text, port: DEFAULT_PORT };
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  const isNoAddress = match?.[1] !== undefined && !isIPv6(match[1]);
  if (host === undefined || port === 0 || port > 65535 || isNoAddress) return undefined;
  return { host, port };
}

/** As Python's `parse_qs`: of an option without a value there is no trace, and several values become a list. */
function parseQuery(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    const former = values.get(name);
    values.set(name, former === undefined ? value : `${former},${value}`);
  }
  return values;
}
