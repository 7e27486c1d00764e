import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { randomInt } from "node:crypto";
import { LabProcess } from "./lab-process.ts";

/** What a network needs of the machine: root, network namespaces, virtual Ethernet, iptables that can lose packets. */
const PROBE = `
ip link add left type veth peer name right && ip link add between type bridge &&
iptables -A INPUT -p tcp -m statistic --mode random --probability 0.1 -j DROP`;

const { PATH = "" } = process.env;
const SYSTEM = { env: { ...process.env, PATH: `${PATH}:/usr/sbin:/sbin` } };

/** Whether {@link Network} works here. */
export const HAS_NETWORK: boolean =
  process.platform === "linux" && spawnSync("unshare", ["--net", "sh", "-c", PROBE], SYSTEM).status === 0;

/** Whether a network delays and loses packets by itself; the module sch_netem is not in every kernel. */
const hasNetem = (): boolean =>
  spawnSync("unshare", ["--net", "sh", "-c", "ip link set lo up; tc qdisc add dev lo root netem delay 1ms"], SYSTEM)
    .status === 0;

/** What is wrong with the network of a machine. */
export interface Impairment {
  /** The share of packets that are lost in each direction. */
  readonly loss: number;
  /** For how long packets are kept in each direction, in milliseconds. */
  readonly delayMs: number;
}

/**
 * Machines with networks of their own, joined by a switch. A network exists as long as a process is in it: when these
 * end, as they do with this process, nothing is left.
 */
export class Network implements AsyncDisposable {
  /** The address of this machine in the network. */
  readonly host: string;
  readonly #folder: string;
  readonly #subnet: string;
  readonly #switch: LabProcess;
  readonly #machines: Machine[] = [];

  private constructor(folder: string, subnet: string, itsSwitch: LabProcess) {
    this.#folder = folder;
    this.#subnet = subnet;
    this.host = `${subnet}.1`;
    this.#switch = itsSwitch;
  }

  /** @param folder - takes the logs. */
  static async create(folder: string): Promise<Network> {
    // For tests of networks (RFC 2544): 198.18.0.0/15.
    const subnet = `198.${randomInt(18, 20)}.${randomInt(256)}`;
    const holder = await holdNamespace(join(folder, "switch.log"));
    const network = new Network(folder, subnet, holder);
    const name = `curfew${randomInt(1_000_000)}`;
    ip("link", "add", name, "type", "veth", "peer", "name", "host", "netns", String(holder.pid));
    ip("address", "add", `${network.host}/24`, "dev", name);
    ip("link", "set", name, "up");
    within(holder.pid, "ip", "link", "add", "switch", "type", "bridge");
    within(holder.pid, "ip", "link", "set", "switch", "up");
    network.#plugIn("host");
    return network;
  }

  /** Adds a machine. */
  async machine(): Promise<Machine> {
    const number = this.#machines.length + 10;
    const holder = await holdNamespace(join(this.#folder, `machine-${number}.log`));
    const port = `port${number}`;
    within(this.#switch.pid, "ip", "link", "add", port, "type", "veth", "peer", "eth0", "netns", String(holder.pid));
    this.#plugIn(port);
    const machine = new Machine(holder, `${this.#subnet}.${number}`);
    this.#machines.push(machine);
    return machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await machine[Symbol.asyncDispose]();
    await this.#switch.kill();
  }

  #plugIn(link: string): void {
    within(this.#switch.pid, "ip", "link", "set", link, "master", "switch");
    within(this.#switch.pid, "ip", "link", "set", link, "up");
  }
}

/** A machine in a {@link Network}. */
export class Machine implements AsyncDisposable {
  readonly address: string;
  readonly #holder: LabProcess;

  constructor(holder: LabProcess, address: string) {
    this.#holder = holder;
    this.address = address;
    within(holder.pid, "ip", "link", "set", "lo", "up");
    within(holder.pid, "ip", "address", "add", `${address}/24`, "dev", "eth0");
    within(holder.pid, "ip", "link", "set", "eth0", "up");
  }

  /** A process in its network. */
  get pid(): number {
    return this.#holder.pid;
  }

  /** Drops all packets from and to a port elsewhere, in both directions, without a word. */
  partition(port: number): void {
    for (const rule of rulesOf(port)) within(this.pid, "iptables", "-A", ...rule, "-j", "DROP");
  }

  /**
   * Loses packets from and to a port, and delays all.
   *
   * @returns by how many milliseconds packets are not delayed yet: where the kernel cannot, something else has to.
   */
  impair(port: number, { loss, delayMs }: Impairment): number {
    for (const rule of rulesOf(port)) {
      const random = ["-m", "statistic", "--mode", "random", "--probability", String(loss)];
      within(this.pid, "iptables", "-A", ...rule, ...random, "-j", "DROP");
    }
    if (!hasNetem()) return delayMs;
    within(this.pid, "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", `${delayMs}ms`, "reorder", "25%");
    return 0;
  }

  /** Ends what {@link partition} and {@link impair} began. */
  heal(): void {
    within(this.pid, "iptables", "-F");
    spawnSync("nsenter", [...target(this.pid), "tc", "qdisc", "del", "dev", "eth0", "root"], SYSTEM);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.kill();
  }
}

/** Packets from and to a port elsewhere. */
function rulesOf(port: number): string[][] {
  return [
    ["OUTPUT", "-p", "tcp", "--dport", String(port)],
    ["INPUT", "-p", "tcp", "--sport", String(port)],
  ];
}

/** A process in a new network. */
async function holdNamespace(log: string): Promise<LabProcess> {
  const holder = await LabProcess.start(["unshare", "--net", "sh", "-c", "echo made; exec sleep infinity"], { log });
  await holder.until(() => holder.log.includes("made"), "its network");
  return holder;
}

function target(pid: number): string[] {
  return [`--net=/proc/${pid}/ns/net`, "--"];
}

function within(pid: number, ...command: readonly string[]): void {
  execFileSync("nsenter", [...target(pid), ...command], SYSTEM);
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, SYSTEM);
}
