import { setFlagsFromString } from "node:v8";

// V8 lets the space for new objects grow to 16 MiB and more at the first burst, and a gateway that is quiet again
// keeps it. A relay makes few objects: with the small space it starts with it is as fast, and its memory stays with
// the sessions. Loaded first by the command; a program that embeds the gateway chooses for itself.
setFlagsFromString("--semi-space-growth-factor=1");
