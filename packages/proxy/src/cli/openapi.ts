import type { Command } from "commander";
import { print } from "./output.ts";

/** Adds `openapi`. */
export function addOpenApi(program: Command): void {
  program
    .command("openapi")
    .description("print the OpenAPI document of the admin API")
    .action(async () => {
      const { openApiDocument } = await import("../admin/openapi.ts");
      for (const line of JSON.stringify(openApiDocument(), null, 2).split("\n")) print(line);
    });
}
