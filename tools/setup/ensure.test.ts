import { expect, test } from "vitest";
import { ensure } from "./ensure.ts";
import type { Machine } from "./machine.ts";
import { REQUIREMENTS } from "./requirements.ts";
import type { RequirementName, Requirement } from "./requirements.ts";

/** Requirements of which only the named ones are missing. */
function missing(...names: RequirementName[]): Record<RequirementName, Requirement> {
  const list = Object.entries(REQUIREMENTS) as [RequirementName, Requirement][];
  return Object.fromEntries(
    list.map(([name, requirement]) => [name, { ...requirement, present: () => !names.includes(name) }]),
  ) as Record<RequirementName, Requirement>;
}

interface Recorded extends Machine {
  readonly ran: string[];
  readonly said: string[];
}

function machine(overrides: Partial<Machine> = {}): Recorded {
  const ran: string[] = [];
  const said: string[] = [];
  return {
    ran,
    said,
    hasApt: true,
    isRoot: true,
    architecture: "x64",
    run: async (command, args) => {
      ran.push([command, ...args].join(" "));
      return "";
    },
    say: (line) => {
      said.push(line);
    },
    ...overrides,
  };
}

const everything: RequirementName[] = ["browser", "tigervnc", "qemu", "kernel", "websockify"];

test("nothing runs and nothing is said when everything is there", async () => {
  const here = machine();
  await ensure(everything, here, missing());
  expect(here.ran).toEqual([]);
  expect(here.said).toEqual([]);
});

test("as root on Debian one update and one installation bring what is missing, after one line that says so", async () => {
  const here = machine();
  await ensure(everything, here, missing("browser", "tigervnc"));
  expect(here.said).toEqual([
    "Set-up: installing chromium, fonts-dejavu-core, tigervnc-standalone-server, icewm, xterm with apt, " +
      "for pages in a real browser, a real VNC desktop. This takes a few minutes.",
  ]);
  expect(here.ran[0]).toBe("apt-get update -qq");
  expect(here.ran[1]).toMatch(/^apt-get install -y --no-install-recommends .* chromium fonts-dejavu-core /u);
  expect(here.ran).toHaveLength(2);
});

test("only what is asked for is installed", async () => {
  const here = machine();
  await ensure(["websockify"], here, missing("browser", "websockify"));
  expect(here.ran.at(-1)).toMatch(/ python3-websockify$/u);
  expect(here.ran.join(" ")).not.toContain("chromium");
});

test("what no package has is fetched after the packages are installed", async () => {
  const here = machine();
  const needs = missing("helm");
  const fetch = async (): Promise<void> => void here.ran.push("fetch");
  await ensure(["helm"], here, { ...needs, helm: { ...needs.helm, fetched: { what: "Helm", fetch } } });
  expect(here.said).toEqual([
    "Set-up: installing unzip with apt and fetching Helm into .cache, for the Helm chart. This takes a few minutes.",
  ]);
  expect(here.ran.map((command) => command.split(" ").at(-1))).toEqual(["-qq", "unzip", "fetch"]);
});

test("without arguments everything is installed, also what the benchmark compares with", async () => {
  const here = machine();
  await ensure(undefined, here, missing("compiler", "bench"));
  expect(here.ran.at(-1)).toMatch(
    / gcc libc6-dev haproxy lighttpd python3-websockify python3-numpy golang-go golang-github-gorilla-websocket-dev$/u,
  );
});

test("without root the error lists what is missing and the command of each system that brings it", async () => {
  const here = machine({ isRoot: false });
  await expect(ensure(everything, here, missing("browser", "qemu"))).rejects.toThrow(
    [
      "Missing on this machine:",
      "  browser: needed for pages in a real browser. `npx playwright install chromium` works, too.",
      "  qemu: needed for a real virtual machine. The guest runs a static busybox for Linux on amd64.",
      "On Debian: sudo apt-get install -y --no-install-recommends " +
        "chromium fonts-dejavu-core qemu-system-x86 busybox-static",
      "On Fedora: sudo dnf install -y chromium dejavu-sans-fonts qemu-system-x86-core busybox",
      "On Homebrew: brew install qemu",
    ].join("\n"),
  );
  expect(here.ran).toEqual([]);
});

test("without apt the error lists what is missing", async () => {
  const here = machine({ hasApt: false });
  await expect(ensure(everything, here, missing("browser", "kernel"))).rejects.toThrow(
    /browser: .*npx playwright install chromium[^]*\n {2}kernel: .*CURFEW_GUEST_KERNEL/u,
  );
});

test("an installation that fails is reported with its cause and what to do by hand", async () => {
  const here = machine({
    run: async (command, args) => {
      throw new Error(`${command} ${args[0] ?? ""} failed with exit code 100`);
    },
  });
  await expect(ensure(everything, here, missing("tigervnc"))).rejects.toThrow(
    /apt-get update failed with exit code 100\nMissing on this machine:\n {2}tigervnc: /u,
  );
});
