import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNovaConfig, type NovaConfig } from "./load.ts";
import { SERVICES } from "./service.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "curfew-spice-"))));
afterAll(() => rm(folder, { recursive: true }));

/** What the SPICE proxy reads from a nova.conf. */
async function load(text: string, ownPage = false, env: Record<string, string> = {}): Promise<NovaConfig> {
  const configFile = join(folder, "nova.conf");
  await writeFile(configFile, text);
  return await loadNovaConfig({
    service: SERVICES.spice,
    args: [{ configFile }],
    env: { OS_DATABASE__CONNECTION: "mysql+pymysql://nova:hunter2@db.example/nova", ...env },
    curfewConfig: undefined,
    ownPage,
    folders: [],
  });
}

test("the proxy for SPICE listens where Nova's does, and beside the other programs", async () => {
  const { config } = await load("");
  expect(config.listen).toEqual({ host: "0.0.0.0", port: 6082 });
  expect(config.admin.listen).toEqual({ host: "127.0.0.1", port: 6085 });
});

test("[spice] says where it listens, and where browsers reach it", async () => {
  const base = "html5proxy_base_url = https://cloud.example/spice/spice_auto.html";
  const { config } = await load(`[spice]\nhtml5proxy_host = 127.0.0.1\nhtml5proxy_port = 7000\n${base}`);
  expect(config.listen).toEqual({ host: "127.0.0.1", port: 7000 });
  expect(config.console.base_url).toBe("https://cloud.example/spice");
});

test("web is the folder of spice-html5, unless Curfew's own page is asked for", async () => {
  const web = join(folder, "spice-html5");
  await mkdir(web);
  const served = await load(`[DEFAULT]\nweb = ${web}`);
  expect(served.config.web).toBe(web);
  expect(served.warnings).toEqual([]);
  const own = await load(`[DEFAULT]\nweb = ${web}`, true);
  expect(own.config).toMatchObject({ web: null, console: { page: true, start_page: "spice" } });
  expect(own.warnings).toEqual([]);
});

test("several workers are refused: a session's channels could not reach the same one", async () => {
  await expect(load("", false, { CURFEW_WORKERS: "4" })).rejects.toThrow(
    "workers: expected 1 for SPICE consoles, all of whose connections have to reach one process, but got 4",
  );
});
