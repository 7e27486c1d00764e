import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import type { BenchmarkResult } from "./report/result.ts";

// The benchmark reads /proc and pins with taskset.
test.runIf(process.platform === "linux")(
  "the benchmark runs a scenario with the gateway and writes a report",
  async () => {
    const out = await mkdtemp(join(tmpdir(), "curfew-bench-test-"));
    onTestFinished(() => rm(out, { recursive: true }));
    const command = ["--conditions=@curfew/source", join(import.meta.dirname, "cli.ts"), "--smoke", "--out", out];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`report: ${join(out, "report.md")}`);

    const report = await readFile(join(out, "report.md"), "utf8");
    expect(report).toMatch(/^# Benchmark report\n/);
    expect(report).toContain("| proxy | CPU s/GiB | × copy | MB/s |");
    expect(report).toMatch(/^\| curfew \| [\d.]+ \| — \| [\d,]+ \|$/m);
    const { subjects, scenarios, outcomes } = JSON.parse(
      await readFile(join(out, "report.json"), "utf8"),
    ) as BenchmarkResult;
    expect([subjects.map(({ name }) => name), scenarios.map(({ id }) => id)]).toEqual([["curfew"], ["download-1"]]);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ scenario: "download-1", subject: "curfew", round: 1 });
    expect(outcomes[0]?.values["rate"]).toBeGreaterThan(0);
  },
  30_000,
);
