/** `user:password@host:port` or a part of it, as it is written. */
const NETLOC =
  /^(?:(?<username>[^:@]*)(?::(?<password>[^@]*))?@)?(?:\[(?<ipv6>[^\]]*)\]|(?<name>[^:]*))(?<port>:.*)?$/s;

const URL_PARTS =
  /^(?:(?<scheme>[a-z][a-z\d+.-]*):)?(?:\/\/(?<netloc>[^/?#]*))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/is;

/**
 * Fills the template of a cell mapping's URL, such as `mysql+pymysql://{username}:{password}@{hostname}/nova_cell1?{query}`,
 * with the parts of the configuration's own URL, as Nova does (`CellMapping` in its objects). The parts of each host of
 * `rabbit://user:password@host1,user:password@host2/` are `{username1}`, `{hostname1}`, …
 *
 * @param template - a URL without `{` is returned as it is.
 * @param source - the configuration's URL.
 * @throws TypeError that names the part which the configuration's URL does not have; it quotes no value.
 */
export function fillCellTemplate(template: string, source: string | undefined): string {
  if (!template.includes("{")) return template;
  if (source === undefined) {
    throw new TypeError("the cell mapping is a template, but the configuration has no URL that fills it");
  }
  const parts = urlParts(source);
  const filled = template.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/g, (found, name: string | undefined) => {
    // As in Python's format strings.
    if (name === undefined) return found.slice(1);
    const value = parts.get(name);
    if (value === undefined)
      throw new TypeError(`the configuration's URL has nothing for {${name}} of the cell mapping`);
    return value;
  });
  return filled;
}

function urlParts(source: string): ReadonlyMap<string, string | undefined> {
  const { scheme, netloc = "", path = "", query = "", fragment = "" } = URL_PARTS.exec(source)?.groups ?? {};
  const parts = new Map<string, string | undefined>([
    ["scheme", scheme?.toLowerCase()],
    ["path", path.replace(/^\/+/, "")],
    ["query", query],
    ["fragment", fragment],
  ]);
  const netlocs = netloc.split(",");
  const add = (one: string, suffix: string): void => {
    const { username, password, ipv6, name, port } = NETLOC.exec(one)?.groups ?? {};
    parts.set(`username${suffix}`, username);
    parts.set(`password${suffix}`, password);
    parts.set(`hostname${suffix}`, ipv6 ?? name);
    parts.set(`port${suffix}`, port?.slice(1));
  };
  if (netlocs.length === 1) add(netloc, "");
  else for (const [index, one] of netlocs.entries()) add(one, String(index + 1));
  return parts;
}
