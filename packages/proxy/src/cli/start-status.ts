import { ConfigError } from "../config/schema.ts";

/** EX_CONFIG of sysexits.h. `RestartPreventExitStatus=` of the unit has it: starting again mends nothing. */
const WRONG_CONFIGURATION = 78;

/** Sets the exit status of a gateway whose configuration is wrong. */
export async function withStatus<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof ConfigError) process.exitCode = WRONG_CONFIGURATION;
    throw error;
  }
}
