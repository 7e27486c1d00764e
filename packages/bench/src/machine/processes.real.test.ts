import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { busySeconds } from "./observe-cpu.ts";
import { cpuTicks, kilobytes, processTree, treeCpuSeconds, treePssBytes } from "./processes.ts";

test("CPU time is read correctly whatever the name of the process", () => {
  const fields = Array.from({ length: 50 }, (_, index) => String(index + 3));
  // proc(5): utime, stime, cutime, cstime are the fields 14 to 17.
  expect(cpuTicks(`1 (a (strange) name 1 2) ${fields.join(" ")}`)).toEqual({ own: 14 + 15, children: 16 + 17 });
  expect(cpuTicks("")).toEqual({ own: 0, children: 0 });
});

test("CPU time grows by what this process uses, in less than hundredths of a second", () => {
  const before = treeCpuSeconds(process.pid);
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < 4_000) continue;
  expect(treeCpuSeconds(process.pid) - before).toBeGreaterThan(0.003);
});

test("busy time is neither idle nor waiting for I/O, and includes time stolen by the host", () => {
  expect(busySeconds("cpu  100 20 300 9999 8888 40 50 600 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n")).toBe(11.1);
});

test("sizes are found by their exact name", () => {
  expect(kilobytes("Pss", "Rss: 99 kB\nPss_Dirty:  7 kB\nPss:   123 kB\n")).toBe(123);
  expect(kilobytes("Pss", "")).toBe(0);
});

test("a process tree contains the children of a process, and uses memory", async () => {
  const child = spawn("sh", ["-c", "sleep 60 & echo $!; wait"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  try {
    expect(processTree(child.pid ?? 0)).toEqual([child.pid, Number(line.toString())]);
    expect(treePssBytes(child.pid ?? 0)).toBeGreaterThan(0);
  } finally {
    process.kill(Number(line.toString()));
    child.kill();
  }
});
