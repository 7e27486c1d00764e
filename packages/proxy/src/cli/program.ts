import { Command } from "commander";
import { inspect } from "node:util";
import { AdminError } from "../admin/client.ts";
import { ConfigError } from "../config/schema.ts";
import { addAudit } from "./audit.ts";
import { addConfig } from "./config.ts";
import { addKey } from "./key.ts";
import { addLock } from "./lock.ts";
import { addNova } from "./nova.ts";
import { addOpenApi } from "./openapi.ts";
import { addServe } from "./serve.ts";
import { addSession } from "./session.ts";
import { addToken } from "./token.ts";
import { CommandError } from "./command-error.ts";
import { printError, printErrorLines } from "./output.ts";
import { VERSION } from "../version.ts";
import { addWebsockify, cutWrappedCommand } from "./websockify.ts";
import { keepHeapSmall } from "./heap.ts";

keepHeapSmall();

const program = new Command("curfew")
  .description("A gateway to VNC, serial and SPICE consoles that ends every session when its token expires.")
  .version(VERSION)
  .configureOutput({ outputError: (text) => printErrorLines(text.trimEnd()) });

addServe(program);
addToken(program);
addSession(program);
addLock(program);
addKey(program);
addAudit(program);
addConfig(program);
addOpenApi(program);
addNova(program);
const { argv, wrapped } = cutWrappedCommand(process.argv);
addWebsockify(program, wrapped);
pointToHelp(program, "");

try {
  await program.parseAsync(argv);
} catch (error) {
  if (error instanceof ConfigError) printErrorLines(`curfew: ${error.message}`);
  else if (error instanceof CommandError || error instanceof AdminError) printError(`curfew: ${error.message}`);
  else {
    // Not thrown: Node would print the message as it is.
    printErrorLines(inspect(error));
    process.exit(1);
  }
  process.exitCode ??= 1;
}

/** The whole help after an error would push the error out of sight. */
function pointToHelp(command: Command, parents: string): void {
  const name = `${parents}${command.name()}`;
  command.showHelpAfterError(`see ${name} --help`);
  for (const each of command.commands) pointToHelp(each, `${name} `);
}
