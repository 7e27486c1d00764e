import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findProgram } from "../../packages/testing/src/real/programs.ts";
import { guestKernel } from "./kernel.ts";

/** What Debian's python3-websockify is made for; `python3` on PATH may be another Python. */
export const debianPython = "/usr/bin/python3";

/** Where Debian's modules for it are. */
const debianModules = "/usr/lib/python3/dist-packages";

/** Debian's Chromium. */
export const debianChromium = "/usr/bin/chromium";

/** Debian's Firefox. */
export const debianFirefox = "/usr/bin/firefox-esr";

/** Something that the tests or the demo need on the machine. */
export interface Requirement {
  /** What it is for, as the end of "needed for …". */
  readonly purpose: string;
  /** The Debian packages that bring it; none when it is fetched in another way. */
  readonly packages: readonly string[];
  present(): boolean | Promise<boolean>;
}

/** All that can be asked for. */
export const needs = {
  browser: {
    purpose: "pages in a real browser",
    packages: ["chromium", "fonts-dejavu-core"],
    present: async () => existsSync(debianChromium) || (await playwrightHasBrowser()),
  },
  fonts: {
    purpose: "pages in Japanese and Chinese",
    packages: ["fontconfig", "fonts-noto-cjk"],
    // Other systems come with such a font.
    present: () => process.platform !== "linux" || printsSomething("fc-list", ":lang=ja"),
  },
  firefox: {
    purpose: "the client in Firefox",
    packages: ["firefox-esr"],
    present: () => existsSync(debianFirefox),
  },
  tigervnc: {
    purpose: "a real VNC desktop",
    packages: ["tigervnc-standalone-server", "icewm", "xterm", "fonts-dejavu-core"],
    present: () => (["Xtigervnc", "icewm", "xterm"] as const).every((name) => findProgram(name) !== undefined),
  },
  qemu: {
    purpose: "a real virtual machine",
    packages: ["qemu-system-x86", "busybox-static"],
    present: () => findProgram("qemu-system-x86_64") !== undefined && findProgram("busybox") !== undefined,
  },
  kernel: {
    purpose: "a Linux guest on a serial port",
    packages: [],
    present: () => existsSync(guestKernel()),
  },
  websockify: {
    purpose: "a stock client in Python",
    packages: ["python3-websockify"],
    present: () => existsSync(debianPython) && existsSync(`${debianModules}/websockify`),
  },
  openssl: {
    purpose: "the certificates of tests over TLS",
    packages: ["openssl"],
    present: () => spawnSync("openssl", ["version"]).status === 0,
  },
  bench: {
    purpose: "the proxies that the benchmark compares with",
    packages: ["haproxy", "python3-websockify", "python3-numpy", "gcc", "libc6-dev", "openssl"],
    present: () =>
      [
        "/usr/sbin/haproxy",
        "/usr/bin/cc",
        "/usr/bin/openssl",
        ...["websockify", "numpy"].map((name) => `${debianModules}/${name}`),
      ].every(existsSync),
  },
} as const satisfies Readonly<Record<string, Requirement>>;

/** The name of something that can be asked for. */
export type Need = keyof typeof needs;

function printsSomething(command: string, ...args: string[]): boolean {
  const { status, stdout } = spawnSync(command, args);
  return status === 0 && stdout.length > 0;
}

/** Playwright is loaded only on machines without Debian's Chromium: it takes longer than all other checks. */
async function playwrightHasBrowser(): Promise<boolean> {
  const { chromium } = await import("@playwright/test");
  return existsSync(chromium.executablePath());
}
