import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ConfigInput } from "@curfew/proxy";
import { freePort } from "@curfew/testing/real";
import { generate } from "selfsigned";
import { parse } from "yaml";
import type { WebServer } from "./web-server.ts";

/** The code under a heading of a document. */
function codeUnder(heading: string, document = "reverse-proxies.md"): string {
  const text = readFileSync(new URL(`../../../docs/${document}`, import.meta.url), "utf8");
  const [, section = ""] = text.split(`# ${heading}\n`);
  const code = /```\w+\n([^]*?)```/u.exec(section)?.[1];
  if (code === undefined) throw new Error(`docs/${document} has no code under "${heading}"`);
  return code;
}

/** The gateway's configuration in the document, with a proxy on this machine. */
export function documentedConfig(): ConfigInput {
  return parse(codeUnder("The gateway").replaceAll("192.0.2.5", "127.0.0.1")) as ConfigInput;
}

/** A proxy of the documents: which program runs its configuration, and how. */
interface DocumentedProxy {
  /** @defaultValue reverse-proxies.md */
  readonly document?: string;
  readonly heading: string;
  readonly program: string;
  /** What the program needs besides what the document shows. */
  readonly file: (code: string, folder: string) => string;
  readonly args: (file: string) => readonly string[];
}

const PROXIES = {
  nginx: {
    heading: "nginx",
    program: "nginx",
    file: (code, folder) =>
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {}\n` +
      `http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;\n` +
      `fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n${code}}\n`,
    args: (file) => ["-c", file, "-e", "stderr"],
  },
  haproxy: { heading: "HAProxy", program: "haproxy", file: (code) => code, args: (file) => ["-db", "-f", file] },
  "haproxy with the PROXY protocol": {
    heading: "With the PROXY protocol",
    program: "haproxy",
    file: (code) => code,
    args: (file) => ["-db", "-f", file],
  },
  "haproxy of Nova's operators": {
    document: "nova.md",
    heading: "Behind HAProxy",
    program: "haproxy",
    file: (code) => code,
    args: (file) => ["-db", "-f", file],
  },
  "haproxy of a cluster": {
    document: "cluster.md",
    heading: "Load balancer",
    program: "haproxy",
    file: (code) => code,
    args: (file) => ["-db", "-f", file],
  },
  caddy: {
    heading: "Caddy",
    program: "caddy",
    file: (code) => `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${code}`,
    args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
  },
} as const satisfies Readonly<Record<string, DocumentedProxy>>;

/** The name of a proxy of the documents. */
export type DocumentedProxyName = keyof typeof PROXIES;

export const DOCUMENTED_PROXIES = Object.keys(PROXIES) as readonly DocumentedProxyName[];

/** Runs a proxy as its document has it, in front of a gateway, at a free port of `localhost`. */
export async function startDocumentedProxy(
  name: DocumentedProxyName,
  gatewayUrl: string,
  attempts = 5,
): Promise<WebServer> {
  const { document, heading, program, file, args }: DocumentedProxy = PROXIES[name];
  const folder = await mkdtemp(join(tmpdir(), "curfew-reverse-proxy-"));
  const certificate = await writeCertificate(folder);
  const port = await freePort();
  const code = codeUnder(heading, document)
    .replaceAll(/192\.0\.2\.1[123]:6080/gu, new URL(gatewayUrl).host)
    .replaceAll("/etc/haproxy/console.pem", join(folder, "both.pem"))
    .replaceAll("/etc/ssl/console.pem", certificate.cert)
    .replaceAll("/etc/ssl/console.key", certificate.key)
    .replace("listen 443", `listen 127.0.0.1:${port}`)
    .replace(/bind :(?:443|6080)/u, `bind 127.0.0.1:${port}`)
    .replace(/^console\.example \{/mu, `https://localhost:${port} {\n\tbind 127.0.0.1`);
  const path = join(folder, "configuration");
  await writeFile(path, file(code, folder));
  const folders = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(programPath(program), args(path), {
    env: { ...process.env, ...folders },
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    await accepting(port, child);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // The port was free when it was chosen.
    if (attempts > 1 && /address already in use/iu.test(String(error)))
      return await startDocumentedProxy(name, gatewayUrl, attempts - 1);
    throw error;
  }
  return {
    origin: `https://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Debian has servers where an ordinary user's PATH does not look. */
function programPath(name: string): string {
  const path = `/usr/sbin/${name}`;
  return existsSync(path) ? path : name;
}

/** HAProxy expects certificate and key in one file. */
async function writeCertificate(folder: string): Promise<{ readonly cert: string; readonly key: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  await writeFile(files.cert, `${made.cert.trim()}\n`);
  await writeFile(files.key, `${made.private.trim()}\n`);
  await writeFile(join(folder, "both.pem"), `${made.cert.trim()}\n${made.private.trim()}\n`);
  return files;
}

/** Resolves when something accepts connections at the port; rejects with the program's words when that has left. */
async function accepting(port: number, child: ChildProcess): Promise<void> {
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-8192)));
  await once(child, "spawn");
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} left: ${words}`);
    const socket = connect(port, "127.0.0.1");
    const accepted = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "close").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (accepted) return;
    await delay(20);
  }
}
