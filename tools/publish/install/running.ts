import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { Client } from "../../../packages/proxy/test/support/client.ts";
import type { Chroot } from "./chroot.ts";
import type { Machine } from "./machine.ts";
import { CONFIG } from "./package.ts";

/** How long systemd and the gateway may take for what a test waits for. */
const WAIT = { timeout: 60_000, interval: 200 };

/** The gateway as systemd runs it in a machine. */
export class Running {
  readonly #chroot: Chroot;
  readonly machine: Machine;
  /** Where browsers connect. */
  readonly host: string;

  constructor(chroot: Chroot, machine: Machine, host: string) {
    this.#chroot = chroot;
    this.machine = machine;
    this.host = host;
  }

  /** What systemd knows about the service, by the name of the property. */
  async property(name: string): Promise<string> {
    return (await this.machine.run("systemctl", "show", "--value", `--property=${name}`, "curfew")).trim();
  }

  /** Waits until systemd says so. */
  async until(name: string, value: string): Promise<void> {
    await vi.waitFor(async () => {
      const found = await this.property(name);
      if (found !== value) throw new Error(`${name} is ${found}, not ${value}`);
    }, WAIT);
  }

  /** What the gateway, and systemd about it, have said. */
  async journal(...filter: readonly string[]): Promise<string> {
    return await this.machine.run("journalctl", "--unit=curfew", "--output=cat", "--no-pager", ...filter);
  }

  async untilSaid(text: string): Promise<void> {
    await vi.waitFor(async () => {
      const journal = await this.journal();
      if (!journal.includes(text)) throw new Error(`expected ${text} in the journal:\n${journal}`);
    }, WAIT);
  }

  /** Replaces a part of the configuration; the group of the gateway's user can still read it. */
  async configure(from: string | RegExp, to: string): Promise<void> {
    const path = join(this.#chroot.folder, CONFIG);
    await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
  }

  /** What `systemctl edit` does. */
  async edit(dropIn: string, unit = "curfew.service"): Promise<void> {
    const path = join(this.#chroot.folder, `/etc/systemd/system/${unit}.d/override.conf`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, dropIn);
    await this.machine.run("systemctl", "daemon-reload");
  }

  async systemctl(verb: string, ...units: readonly string[]): Promise<void> {
    await this.machine.run("systemctl", verb, ...(units.length > 0 ? units : ["curfew"]));
  }

  /** Opens a console with a token that the command issues. */
  async open(target: string): Promise<Client> {
    const request = ["--config", CONFIG, "--type", "serial", "--target", target, "--instance", "vm-1", "--json"];
    const { token } = JSON.parse(await this.machine.run("curfew", "token", "create", ...request)) as { token: string };
    const client = new Client(this.host, token);
    await client.message("hello");
    return client;
  }
}

/** A console that sends back what it gets. */
export async function startEcho(): Promise<{ readonly target: string } & Disposable> {
  const server = createServer((socket) => void socket.on("error", () => {}).pipe(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { target: `127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

/** Whether the console is still there in both directions. */
export async function expectOpen(client: Client): Promise<void> {
  const { received } = client;
  client.socket.send(Buffer.from("x"));
  await client.bytes(received + 1);
}
