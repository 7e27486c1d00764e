import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Command, run } from "../support/command.ts";
import { reload, RELOAD_REFUSED, RELOADED } from "../support/reload.ts";

let folder: string;
let conf: string;
/** Curfew's part: a free port for the admin API. */
let yaml: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-nova-command-"));
  conf = join(folder, "nova.conf");
  yaml = join(folder, "curfew.yaml");
  await writeFile(
    conf,
    "[vnc]\nnovncproxy_host = 127.0.0.1\nnovncproxy_port = 0\nnovncproxy_hots = x\n[database]\nconnection = mysql://nova:secret@127.0.0.1:1/nova\n[DEFAULT]\ntransport_url = rabbit://nova:secret@127.0.0.1:1/\n",
  );
  await writeFile(yaml, 'admin: { listen: "127.0.0.1:0", key: key-of-the-nova-tests }\n');
});
afterAll(() => rm(folder, { recursive: true }));

function program(name: string): string {
  return fileURLToPath(new URL(`../../src/cli/${name}.ts`, import.meta.url));
}

describe("in place of Nova's programs", () => {
  test("the command takes nova.conf, flags of Nova and Curfew's own configuration", async () => {
    const args = ["nova", "novnc", "--config-file", conf, "--curfew-config", yaml, "--nodae", "--remote_debug-host=a"];
    await using proxy = new Command(args);
    const [, url = ""] = await proxy.printed(/listens at (http:\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await expect.poll(() => proxy.stderr).toContain("no option [vnc] novncproxy_hots; did you mean novncproxy_host?");
  });

  test.each([
    ["curfew-novncproxy", "--vnc-novncproxy_host", "--vnc-novncproxy_port", 404],
    ["curfew-serialproxy", "--serial_console-serialproxy_host", "--serial_console-serialproxy_port", 405],
    ["curfew-spicehtml5proxy", "--spice-html5proxy_host", "--spice-html5proxy_port", 404],
  ])("%s takes the flags of its counterpart, and serves its files", async (name, host, port, missing) => {
    const args = ["--config-file", conf, host, "127.0.0.1", `${port}=0`, "--curfew-config", yaml];
    await using proxy = new Command(args, {}, { program: program(name) });
    const [, url = ""] = await proxy.printed(/listens at (http:\S+)/);
    expect((await fetch(`${url}/none`)).status).toBe(missing);
    await using withFiles = new Command([...args, "--web", folder], {}, { program: program(name) });
    const [, other = ""] = await withFiles.printed(/listens at (http:\S+)/);
    expect(await (await fetch(`${other}/curfew.yaml`)).text()).toContain("admin:");
  });

  test.each([
    ["--ssl_only", "SSL only and self.pem not found"],
    ["--web=/none", "Can not find html/js files at /none. (--web; without it, or with --curfew-page"],
    ["--config-file=/none.conf", "/none.conf: cannot be read: ENOENT"],
    ["--vnc-novncproxy_port=x", 'expected a whole number of 0 or more, at most 65535, but got "x"'],
    ["--vnc-novncproxy_hots=x", "unknown option '--vnc-novncproxy_hots=x'"],
    ["--vnc-novncproxy_p=x", 'expected a whole number of 0 or more, at most 65535, but got "x"'],
    ["--web --debug", "option '--web <value>' argument missing: '--debug' is a flag"],
    ["--vnc-novnc=1", "'--vnc-novnc' is ambiguous: expected one of --vnc-novncproxy_host, --vnc-novncproxy_port"],
  ])("%s ends it with an error", async (flag, message) => {
    const { code, stdout, stderr } = await run(["nova", "novnc", "--config-file", conf, ...flag.split(" ")]);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("SIGHUP reads nova.conf and Curfew's own configuration again; a wrong one changes nothing", async () => {
    const own = join(folder, "reloaded.conf");
    const ownYaml = join(folder, "reloaded.yaml");
    const write = async (options: string): Promise<void> =>
      await writeFile(own, `${await readFile(conf, "utf8")}${options}`);
    await write("");
    await writeFile(ownYaml, await readFile(yaml));
    await using proxy = new Command(["nova", "novnc", "--config-file", own, "--curfew-config", ownYaml]);
    await proxy.printed(/listens at (http:\S+)/);
    await write("[console]\nallowed_origins = dash.example\nssl_minimum_version = tlsv9\n");
    await reload(proxy);
    expect(proxy.logged(RELOAD_REFUSED)).toMatchObject([{ level: "error", problems: [expect.stringContaining(own)] }]);
    await write(
      "[console]\nallowed_origins = dash.example\n[vnc]\nauth_schemes = vencrypt\nvencrypt_ca_certs = /none.pem\n",
    );
    await reload(proxy);
    const message = "vnc.vencrypt_ca_certs: /none.pem cannot be read: ENOENT";
    expect(proxy.logged(RELOAD_REFUSED)[1]).toMatchObject({ err: { message: expect.stringContaining(message) } });
    for (const emptied of [own, ownYaml]) {
      const text = await readFile(emptied);
      await writeFile(emptied, "");
      await reload(proxy);
      expect(proxy.logged(RELOAD_REFUSED).at(-1)).toMatchObject({ problems: [expect.stringContaining("it is empty")] });
      await writeFile(emptied, text);
    }
    await write("[console]\nallowed_origins = dash.example\n");
    await writeFile(ownYaml, 'admin: { listen: "127.0.0.1:0", key: key-of-the-nova-tests }\nsessions: { max: 5 }\n');
    await reload(proxy);
    // What was refused has not been taken in part.
    expect(proxy.logged(RELOADED)).toMatchObject([{ changed: ["sessions.max", "console.allowed_origins"] }]);
  });

  test("without a message queue to ask nova-compute, it ends with an error unless that is skipped", async () => {
    const none = join(folder, "no-queue.conf");
    await writeFile(none, "[DEFAULT]\ntransport_url =\n");
    const args = ["nova", "novnc", "--config-file", conf, "--config-file", none, "--curfew-config", yaml];
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toContain("transport_url: expected a URL such as rabbit://user:password@host:5672/");
    expect(stderr).toContain("nova.validate_console_port");
    expect([code, stdout]).toEqual([1, ""]);
    await using proxy = new Command(args, { CURFEW_NOVA_VALIDATE_CONSOLE_PORT: "skip" });
    await proxy.printed(/listens at (http:\S+)/);
  });
});

test("with --daemon and a log file, it returns once a process of its own listens", async () => {
  const log = join(folder, "daemon.log");
  const args = ["nova", "novnc", "--config-file", conf, "--curfew-config", yaml, "--daemon", "--log-file", log];
  expect(await run(args)).toEqual({ code: 0, stdout: "", stderr: "" });
  await expect.poll(() => readFile(log, "utf8")).toContain("running in the background");
  const text = await readFile(log, "utf8");
  try {
    const [, url = ""] = /"url":"([^"]+)"/.exec(text) ?? [];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  } finally {
    process.kill(Number(/"pid":(\d+)/.exec(text)?.[1]), "SIGTERM");
  }
  await expect.poll(() => readFile(log, "utf8")).toContain('"stopped"');
});

test("a daemon that cannot listen is reported where it was started", async () => {
  const args = ["nova", "novnc", "--config-file", conf, "--curfew-config", yaml, "--daemon"];
  const { code, stderr } = await run([...args, "--vnc-novncproxy_host", "192.0.2.1"]);
  expect(stderr).toContain("listen: cannot listen at 192.0.2.1:0");
  expect(code).toBe(1);
});
