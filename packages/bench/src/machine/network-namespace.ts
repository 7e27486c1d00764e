import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** Environment variable that marks the process inside the private network namespace. */
const INSIDE = "CURFEW_BENCH_NAMESPACE";

const UNSHARE = "/usr/bin/unshare";

/**
 * Restarts this program in its own network namespace: without traffic of other programs, with all ports free, a congestion
 * control without pacing, and a wide range of local ports. Does nothing where a namespace cannot be created, for example
 * without root.
 */
export function enterNamespace(): void {
  if (process.env[INSIDE] !== undefined) return prepareInside();
  const attempt = spawnSync(UNSHARE, ["--net", "ip", "link", "set", "lo", "up"], { stdio: "ignore" });
  if (attempt.status !== 0 || process.execve === undefined) return;
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // Replaces this process, so that signals reach the one that measures.
  process.execve(UNSHARE, [UNSHARE, "--net", ...command], { ...process.env, [INSIDE]: "1" });
}

function prepareInside(): void {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  // A namespace may not be allowed to use cubic if it is not the kernel's default; reno behaves the same without packet
  // loss. bbr is unsuitable: it paces, and its timers are charged to whichever process is running.
  if (!set("tcp_congestion_control", "cubic")) set("tcp_congestion_control", "reno");
  set("ip_local_port_range", "10240 65000");
}

/** Best effort: the report states what was in effect. */
function set(name: string, value: string): boolean {
  try {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
    return true;
  } catch {
    return false;
  }
}

/** The TCP congestion control in effect. */
export function congestionControl(): string {
  return readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trim();
}
