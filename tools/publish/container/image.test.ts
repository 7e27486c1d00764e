import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VERSION } from "../../../packages/proxy/src/version.ts";
import { ROOT } from "../../root.ts";
import { runPnpm } from "../tarballs/install.ts";
import { CONTAINER, readCompose, readContainerFile } from "./packaged.ts";
import { CAN_RUN_CONTAINERS, Podman } from "./podman.ts";

const { services, secrets, configs } = readCompose();
const { gateway } = services;

const KEY = "a-key-of-the-admin-api";

/** Opens the console at the URL in its first argument, and prints what the console says first. */
const CLIENT = `
const socket = new WebSocket(process.argv[1], ["curfew.v1", "binary"]);
socket.binaryType = "arraybuffer";
socket.onmessage = ({ data }) => {
  if (typeof data === "string") return;
  process.stdout.write(new Uint8Array(data));
  process.exit();
};
socket.onclose = ({ code, reason }) => { throw new Error(code + " " + reason); };
`;

/** Prints the status of the console page. */
const PAGE = "fetch('http://127.0.0.1:6080/').then(({ status }) => console.log(status))";

/** What a process of the container sees of its rights. */
const RIGHTS = `
const { readFileSync, writeFileSync } = require("node:fs");
const attempt = (path) => { try { writeFileSync(path, ""); return "written"; } catch ({ code }) { return code; } };
const status = readFileSync("/proc/self/status", "utf8");
console.log(JSON.stringify({
  user: process.getuid(), group: process.getgid(),
  capabilities: /^CapEff:\\t0*(.*)/m.exec(status)[1], noNewPrivileges: /^NoNewPrivs:\\t(.*)/m.exec(status)[1],
  writes: ["/opt/curfew/x", "/usr/local/bin/x", "/x", "/tmp/x", "/var/lib/curfew/x"].map(attempt),
}));
`;

interface Inspected {
  readonly Config: {
    readonly User: string;
    readonly StopSignal: string;
    readonly ExposedPorts: Readonly<Record<string, unknown>>;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Volumes: Readonly<Record<string, unknown>>;
  };
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** Does what the first stage of the Containerfile does, with what is built already. */
async function deploy(folder: string): Promise<void> {
  await runPnpm(ROOT, "--filter=@curfew/proxy", "deploy", "--prod", "--prefer-offline", "--ignore-scripts", folder);
  await promisify(execFile)("find", [folder, "-regex", String.raw`.*\.\(map\|.?ts\)`, "-delete"]);
}

describe.runIf(CAN_RUN_CONTAINERS)("the image", () => {
  let podman: Podman;
  let folder: string;
  let container: string;

  const exec = async (...command: readonly string[]): Promise<string> => podman.run("exec", container, ...command);

  beforeAll(async () => {
    podman = await Podman.create();
    folder = await mkdtemp(join(tmpdir(), "curfew-image-"));
    const [, version = ""] = /^ARG NODE_VERSION=(\S+)/mu.exec(readContainerFile("Containerfile")) ?? [];
    const built = join(folder, "build");
    await Promise.all([
      podman.makeNodeImage(`docker.io/library/node:${version}-trixie-slim`),
      deploy(join(built, "opt/curfew")),
      mkdir(join(built, "var/lib/curfew"), { recursive: true }),
    ]);
    // The rest of the repository only makes it slower.
    const context = join(folder, "context");
    await cp(CONTAINER, join(context, relative(ROOT, CONTAINER)), { recursive: true });
    await podman.build(gateway.image, join(CONTAINER, "Containerfile"), context, `--build-context=build=${built}`);
  }, 180_000);

  afterAll(async () => {
    await podman[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts it as the Compose file does. */
  async function startAsComposed(consoles: string): Promise<void> {
    await writeFile(join(folder, "admin_key"), `${KEY}\n`);
    const mounted = [
      ...gateway.configs.map(({ source, target }) => [join(CONTAINER, configs[source]?.file ?? ""), target] as const),
      ...gateway.secrets.map((name) => [join(folder, secrets[name]?.file ?? ""), `/run/secrets/${name}`] as const),
    ];
    const options = [
      `--read-only=${gateway.read_only}`,
      ...gateway.cap_drop.map((name) => `--cap-drop=${name}`),
      ...gateway.security_opt.map((option) => `--security-opt=${option}`),
      ...gateway.tmpfs.map((path) => `--tmpfs=${path}`),
      ...gateway.volumes.map((volume) => `--volume=${volume}`),
      ...mounted.map(([source, target]) => `--volume=${source}:${target}:ro`),
      // Its only network is its own loopback, so the console is at a Unix socket.
      `--volume=${consoles}:/run/consoles`,
      "--env=CURFEW_TARGETS_ALLOW=[unix:/run/consoles/]",
    ];
    container = await podman.start(gateway.image, options, gateway.command);
  }

  test("says what it is, and runs as a user without rights", async () => {
    const [inspected] = JSON.parse(await podman.run("image", "inspect", gateway.image)) as [Inspected];
    expect(inspected.Config).toMatchObject({
      User: "10001:10001",
      StopSignal: "SIGTERM",
      ExposedPorts: { "6080/tcp": {} },
      Labels: { "org.opencontainers.image.version": VERSION },
      Volumes: { "/var/lib/curfew": {} },
    });
    expect(Object.keys(inspected.Config.ExposedPorts)).toHaveLength(1);
  });

  test("serves a console with a read-only root file system, and stops in time", async () => {
    const consoles = join(folder, "consoles");
    await mkdir(consoles);
    const target = createServer((socket) => socket.on("error", () => {}).write("RFB 003.008\n"));
    target.listen(join(consoles, "vm-1"));
    await once(target, "listening");
    await chmod(join(consoles, "vm-1"), 0o777);
    await startAsComposed(consoles);

    // Both are healthy as soon as it listens.
    const [inspected] = JSON.parse(await podman.run("image", "inspect", gateway.image)) as [Inspected];
    for (const [kind, ...command] of [gateway.healthcheck.test, inspected.Healthcheck.Test]) {
      expect(kind).toBe("CMD");
      await expect.poll(async () => exec(...command).catch(async () => podman.logs(container))).toBe("");
    }
    expect(JSON.parse(await exec("node", "-e", RIGHTS))).toEqual({
      user: 10001,
      group: 10001,
      capabilities: "",
      noNewPrivileges: "1",
      writes: ["EROFS", "EROFS", "EROFS", "written", "written"],
    });

    const admin = ["--config", "/etc/curfew/curfew.yaml"];
    const options = ["--type", "vnc", "--target", "unix:/run/consoles/vm-1", "--json"];
    const issued = await exec("curfew", "token", "create", ...admin, ...options);
    const { token } = JSON.parse(issued) as { readonly token: string };
    expect(await exec("node", "-e", CLIENT, `ws://127.0.0.1:6080/?token=${token}`)).toBe("RFB 003.008");
    expect(await exec("node", "-e", PAGE)).toBe("200");

    await podman.run("stop", container);
    expect(await podman.run("inspect", "--format={{.State.ExitCode}}", container)).toBe("0");
    target.close();
  });
});
