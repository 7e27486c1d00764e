import { writeFile } from "node:fs/promises";
import { SignJWT } from "jose";
import { EndError } from "../../../src/end-reason.ts";
import { CONSOLES } from "../../../src/consoles/index.ts";
import { checkGrant } from "../../../src/sessions/check-grant.ts";
import { readConnectInfo } from "../../../src/tokens/connect-info.ts";
import { parseTokenLines } from "../../../src/tokens/files/token-lines.ts";
import type { Grant } from "../../../src/tokens/grant.ts";
import { JwtTokenSource } from "../../../src/tokens/jwt/jwt-source.ts";
import { TestFolder } from "../../support/folder.ts";
import type { FuzzTarget } from "../target.ts";

const SECRET = Buffer.alloc(32, "secret");

/** Always the same, so that the kept inputs stay what they are. */
const SIGNED = await new SignJWT({ host: "10.0.0.5", port: 5901, exp: 1_900_000_000, sub: "alice" })
  .setProtectedHeader({ alg: "HS256" })
  .sign(SECRET);

/** What sources read, and tokens themselves: each is a grant that the gateway accepts, nothing, or a documented refusal. */
export const tokenValues: FuzzTarget = {
  name: "token-values",
  seeds: [
    "# consoles\na: 10.0.0.5:5901\nb:\tfd00::5:5900\r\nc: unix:/run/c.sock\n: tls://host:1\n",
    '{"host":"10.0.0.5","port":5901,"type":"vnc","user":"alice","access":"view","expires_at":"2030-01-02T03:04:05Z"}',
    '{"host":"10.0.0.5:5901","single_use":true,"max_sessions":2,"not_before":"2030-01-02T03:04:05+01:00"}',
    SIGNED,
    `${SIGNED.split(".", 1)[0]}.e30.`,
  ],
  start: async () => {
    const folder = await TestFolder.create();
    const path = folder.join("key");
    await writeFile(path, SECRET.toString("base64url"));
    const none = { jwks_url: null, decryption_key_file: null, issuer: null, audience: null };
    const source = await JwtTokenSource.open({
      ...none,
      key_file: path,
      user_claim: "sub",
      console_type: "vnc",
      timeout: 5,
    });
    return {
      run: async (input) => {
        const text = input.toString("latin1");
        const { targets, problems } = await parseTokenLines(text);
        for (const endpoint of targets.values()) check({ ...EXAMPLE, endpoint });
        return [targets.size, problems[0]?.replace(/\d+/g, ""), readJson(text), await find(source, text)].join();
      },
      [Symbol.asyncDispose]: async () => await folder[Symbol.asyncDispose](),
    };
  },
};

const EXAMPLE: Grant = readConnectInfo(
  { host: "10.0.0.5", port: 1, expires_at: "2030-01-02T03:04:05Z" },
  { tokenId: "id", issuer: "the fuzzer", consoleType: "vnc", isLoose: false },
);

/** @throws EndError for a grant that the gateway would refuse as malformed. */
function check(grant: Grant): void {
  checkGrant({ ...grant, expiresAt: grant.expiresAt ?? 0 }, CONSOLES);
}

function readJson(text: string): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "no JSON";
  }
  return ["strict", "loose"]
    .map((mode) => {
      let grant: Grant;
      try {
        grant = readConnectInfo(json, { tokenId: "id", issuer: "x", consoleType: "vnc", isLoose: mode === "loose" });
      } catch (error) {
        const { message } = error as Error;
        if (!/: expected .* of x$/.test(message)) throw error;
        return message;
      }
      check(grant);
      return "a grant";
    })
    .join();
}

async function find(source: JwtTokenSource, token: string): Promise<string> {
  try {
    const grant = await source.resolve(token);
    if (grant !== undefined) check(grant);
    return grant === undefined ? "unknown" : "a grant";
  } catch (error) {
    if (error instanceof EndError && error.reason === "token_invalid") return "refused";
    throw error;
  }
}
