/** The name of the gateway among the subjects. */
export const GATEWAY = "curfew";

/** The relay in C; the CPU usage of the others is given as a multiple of its own. */
export const YARDSTICK = "copy";

/** The yardstick for TLS, which the relay in C does not terminate. */
export const TLS_YARDSTICK = "haproxy";
