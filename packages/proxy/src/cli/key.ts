import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import type { Right } from "../admin/keys.ts";
import { sha256 } from "../sha256.ts";
import { keyName, rights } from "./argument-parsers.ts";
import { print } from "./output.ts";

interface CreateOptions {
  readonly rights: readonly Right[];
}

/** Adds `key create`. */
export function addKey(program: Command): void {
  program
    .command("key")
    .description("make keys of the admin API")
    .command("create")
    .description("make a key, and the entry of admin.keys that admits it: the gateway only needs to know its hash")
    .argument("<name>", "what the log and the audit trail call its holder", keyName)
    .requiredOption("--rights <list>", "what the key may do, with commas: read, issue, end, admin", rights)
    .action((name: string, options: CreateOptions) => {
      const key = randomBytes(32).toString("base64url");
      const entry = { name, sha256: sha256(key).toString("hex"), rights: options.rights };
      print(`key, shown only now: ${key}`);
      print(`entry of admin.keys: ${JSON.stringify(entry)}`);
    });
}
