import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects as small as it begins. Otherwise it grows to 16 MiB and more at the first burst
 * and does not shrink again. A relay makes few objects, so it is as fast with a small one. For the
 * command; a program that embeds the gateway chooses for itself.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
