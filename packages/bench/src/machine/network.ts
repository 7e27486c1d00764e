import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** Set in the environment of the process that runs inside the private network namespace. */
const INSIDE = "CURFEW_BENCH_NAMESPACE";

/**
 * Runs this program again in a network namespace of its own, where root may make one: no other program's traffic,
 * no port that is taken, cubic as the congestion control, and room for many connections.
 *
 * @returns its exit code, or undefined when this process is to do the work itself.
 */
export function runInNamespace(): number | undefined {
  if (process.env[INSIDE] !== undefined) return prepareInside();
  if (spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"], { stdio: "ignore" }).status !== 0) {
    return undefined;
  }
  const { status } = spawnSync("unshare", ["--net", process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1" },
  });
  return status ?? 1;
}

function prepareInside(): undefined {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  setting("tcp_congestion_control", "cubic");
  setting("ip_local_port_range", "10240 65000");
}

/** Best effort: the report says what was in force. */
function setting(name: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
  } catch {
    // The kernel lacks it, or does not let us.
  }
}

/** The kernel's TCP congestion control in force. */
export function congestionControl(): string {
  return readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trim();
}
