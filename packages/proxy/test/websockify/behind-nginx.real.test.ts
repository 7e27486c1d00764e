import { startFakeVnc } from "@curfew/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { Command } from "../support/command.ts";
import { TestFolder } from "../support/folder.ts";

const document = readFileSync(new URL("../../../../docs/websockify.md", import.meta.url), "utf8");
const PROGRAM = fileURLToPath(new URL("../../src/cli/curfew-websockify.ts", import.meta.url));

/** The code under a heading, in a language. */
function codeUnder(heading: string, language: string): string {
  const [, section = ""] = document.split(`# ${heading}\n`);
  const [, code = ""] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(section) ?? [];
  expect(code).not.toBe("");
  return code;
}

test("a fleet behind nginx works as the document shows it", async () => {
  await using folder = await TestFolder.create();
  await using server = await startFakeVnc();
  const adapt = (code: string): string => code.replaceAll("/run/curfew/", `${folder.path}/`);

  const [, args = ""] = /^curfew-websockify (.*)$/m.exec(adapt(codeUnder("A fleet behind nginx", "sh"))) ?? [];
  const target = server.address;
  await using gateway = new Command(args.replace("10.0.0.5:5901", target).split(" "), {}, { program: PROGRAM });
  await gateway.printed(/listens at/);

  const socket = folder.join("nginx.sock");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder.join(name)};`)
    .join(" ");
  const file = folder.join("nginx.conf");
  await writeFile(
    file,
    `daemon off; master_process off; pid ${folder.join("pid")}; events {}
http { access_log off; ${temporary}
server { listen unix:${socket};
${adapt(codeUnder("A fleet behind nginx", "nginx"))}}}`,
  );
  const nginx = spawn("/usr/sbin/nginx", ["-c", file, "-e", "stderr"], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    await expect.poll(() => existsSync(socket)).toBe(true);
    const client = new WebSocket(`ws+unix:${socket}:/console/vm1`, "binary");
    const [greeting] = (await once(client, "message")) as [Buffer];
    expect(String(greeting)).toMatch(/^RFB 003\.008/);
    client.terminate();
  } finally {
    const closed = once(nginx, "close");
    nginx.kill("SIGKILL");
    await closed;
  }
});
