import { startUnacceptingServer } from "@curfew/testing";

/** A target whose accept queue is full, so that connecting to it neither succeeds nor fails. */
export const UnacceptingTarget = { start: startUnacceptingServer };
