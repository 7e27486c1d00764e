import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** Set in the environment of the process that runs inside the private network namespace. */
const INSIDE = "CURFEW_BENCH_NAMESPACE";

const unshare = "/usr/bin/unshare";

/**
 * Begins this program anew in a network namespace of its own, where root may make one: no other program's traffic, no
 * port that is taken, a congestion control without pacing, and room for many connections. Elsewhere it does nothing.
 */
export function enterNamespace(): void {
  if (process.env[INSIDE] !== undefined) return prepareInside();
  const attempt = spawnSync(unshare, ["--net", "ip", "link", "set", "lo", "up"], { stdio: "ignore" });
  if (attempt.status !== 0 || process.execve === undefined) return;
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // In place of this process, so that a signal to it reaches the one that measures.
  process.execve(unshare, [unshare, "--net", ...command], { ...process.env, [INSIDE]: "1" });
}

function prepareInside(): void {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  // A namespace may be refused cubic where it is not the kernel's default; without losses reno does the same. What
  // must not be is bbr: it paces, and its timers are charged to whoever runs.
  if (!set("tcp_congestion_control", "cubic")) set("tcp_congestion_control", "reno");
  set("ip_local_port_range", "10240 65000");
}

/** Best effort: the report says what was in force. */
function set(name: string, value: string): boolean {
  try {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
    return true;
  } catch {
    return false;
  }
}

/** The kernel's TCP congestion control in force. */
export function congestionControl(): string {
  return readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trim();
}
