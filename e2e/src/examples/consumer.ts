import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installTarballs, runPnpm } from "../../../tools/publish/tarballs/install.ts";
import type { Tarball } from "../../../tools/publish/tarballs/pack.ts";
import { ROOT } from "../../../tools/root.ts";
import { serveFolder, startWebServer, type WebServer } from "../servers/web-server.ts";

interface ExampleManifest {
  readonly scripts: { readonly build?: string; readonly start?: string };
}

/** A copy of an example outside of the workspace, with the packages as they would be published. */
export class Consumer implements AsyncDisposable {
  /** Absolute path. */
  readonly folder: string;
  readonly #manifest: ExampleManifest;

  private constructor(folder: string, manifest: ExampleManifest) {
    this.folder = folder;
    this.#manifest = manifest;
  }

  /**
   * Copies and installs an example.
   * @param dependencies - what it depends on in place of what its manifest says; of the catalog, or a tarball.
   */
  static async install(
    name: string,
    tarballs: readonly Tarball[],
    dependencies?: readonly string[],
  ): Promise<Consumer> {
    const source = join(ROOT, "examples", name);
    const folder = await mkdtemp(join(tmpdir(), `curfew-example-${name}-`));
    const leftOut = new Set(["node_modules", "dist", ".next"].map((made) => join(source, made)));
    await cp(source, folder, { recursive: true, filter: (path) => !leftOut.has(path) });

    await installTarballs(folder, tarballs, dependencies);
    return new Consumer(folder, await readManifest(folder));
  }

  /** Runs the example's script `build`, where it has one. */
  async build(): Promise<void> {
    if (this.#manifest.scripts.build !== undefined) await runPnpm(this.folder, "build");
  }

  /** Serves the example: by its script `start`, or else what was built, or else the folder as it is. */
  async serve(): Promise<WebServer> {
    if (this.#manifest.scripts.start !== undefined) return this.#start();
    const dist = join(this.folder, "dist");
    return startWebServer(serveFolder(existsSync(dist) ? dist : this.folder));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A server of its own, with PORT 0: it is up when it says at which address. */
  async #start(): Promise<WebServer> {
    const child = spawn("pnpm", ["start"], {
      cwd: this.folder,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_OPTIONS: "", PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
      // A process group of its own, so that what pnpm starts ends with it.
      detached: true,
    });
    const exited = once(child, "exit");
    const stop = async (): Promise<void> => {
      // Told to stop, a server waits for the browser to close the connections that it keeps.
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (child.pid !== undefined && isRunning) process.kill(-child.pid, "SIGKILL");
      await exited;
    };
    for await (const line of createInterface(child.stdout)) {
      const port = /http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)/u.exec(line)?.[1];
      if (port === undefined) continue;
      child.stdout.resume();
      return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
    }
    throw new Error(`${this.folder}: \`pnpm start\` ended without saying where it listens`);
  }
}

async function readManifest(folder: string): Promise<ExampleManifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as ExampleManifest;
}
