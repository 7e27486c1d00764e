import { copyRelay } from "./copy-relay.ts";
import { curfew } from "./curfew.ts";
import { gorilla } from "./gorilla.ts";
import { haproxy } from "./haproxy.ts";
import { lighttpd } from "./lighttpd.ts";
import type { Subject } from "./subject.ts";
import { websockify } from "./websockify.ts";
import { wsPipe } from "./ws-pipe.ts";

/** The proxies that are compared, in the order of the report. */
export const SUBJECTS: readonly Subject[] = [copyRelay, haproxy, websockify, wsPipe, gorilla, lighttpd, curfew];
