import { merge, nest, type Written } from "./merge.ts";

/** The descriptor of the first socket that a service manager passes; the others follow (sd_listen_fds(3)). */
const FIRST = 3;

/** The options that take a passed socket, by its name: `FileDescriptorName=` of its unit. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ["public", "listen_fd"],
  ["admin", "admin.listen_fd"],
]);

/**
 * The options of the sockets that systemd has passed to this process (socket activation). One alone is the public
 * listener's, unless its name is `admin`.
 *
 * @param env - with `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`. Those for another process mean nothing.
 * @param pid - of this process. Test seam.
 */
export function findPassedSockets(
  { LISTEN_PID, LISTEN_FDS = "", LISTEN_FDNAMES = "" }: Readonly<Record<string, string | undefined>>,
  pid: number = process.pid,
): { readonly written: Written; readonly problems: readonly string[] } {
  if (LISTEN_PID !== String(pid)) return { written: {}, problems: [] };
  if (!/^\d{1,3}$/.test(LISTEN_FDS)) {
    const found = JSON.stringify(LISTEN_FDS);
    return { written: {}, problems: [`LISTEN_FDS: expected the number of sockets that are passed, but got ${found}`] };
  }
  const given = LISTEN_FDNAMES.split(":");
  const count = Number(LISTEN_FDS);
  const names = Array.from({ length: count }, (_, index) => given[index] ?? "");
  if (count === 1 && names[0] !== "admin") names[0] = "public";
  const problems = [...new Set(names)].flatMap((name) => problemWith(name, names));
  const options = names.map((name, index) => nest(OPTIONS.get(name) ?? "", FIRST + index));
  return { written: problems.length > 0 ? {} : options.reduce(merge, {}), problems };
}

function problemWith(name: string, names: readonly string[]): readonly string[] {
  if (!OPTIONS.has(name)) {
    const expected = [...OPTIONS.keys()].join(" or ");
    return [
      `LISTEN_FDNAMES: expected ${expected} as the name of each of ${names.length} sockets (FileDescriptorName=), but got ${JSON.stringify(name)}`,
    ];
  }
  const count = names.filter((each) => each === name).length;
  return count === 1 ? [] : [`LISTEN_FDNAMES: expected one socket of the name ${name}, but got ${count}`];
}
