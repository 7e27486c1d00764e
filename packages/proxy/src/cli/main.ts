#!/usr/bin/env node
import { Command } from "commander";
import { AdminError } from "../admin/client.ts";
import { ConfigError } from "../config/schema.ts";
import { addServe } from "./serve.ts";
import { addSession } from "./session.ts";
import { addToken } from "./token.ts";
import { CommandError } from "./command-error.ts";
import { version } from "./version.ts";
import { keepYoungGenerationSmall } from "./young-generation.ts";

keepYoungGenerationSmall();

const program = new Command("curfew")
  .description("A gateway to VNC and serial consoles that ends every session when its token expires.")
  .version(version())
  .showHelpAfterError();

addServe(program);
addToken(program);
addSession(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof CommandError || error instanceof AdminError)) throw error;
  console.error(`curfew: ${error.message}`);
  process.exitCode = 1;
}
