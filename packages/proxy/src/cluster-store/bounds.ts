/** The longest record of a token, in bytes: more than the API can issue. */
export const MAX_RECORD_BYTES = 8192;

/** How a record of a token that was not revoked begins, and how one that was. Stores go by that. */
export const VALID = '{"created_at":';
export const REVOKED = '{"revoked_at":';

/** About how many entries the log keeps. Gateways that were away for longer find out by other means what was revoked. */
export const LOG_ENTRIES = 100_000;

/** How many entries are dropped with one that is added: more than it adds, but few enough to take no time. */
export const TRIMMED = 100;

/** A token that was not used for this long counts as new when it comes again: 30 days, in milliseconds. */
export const FORGET_AFTER_MS: number = 30 * 24 * 60 * 60 * 1000;

/** How old a last use must be before a later one is written, in milliseconds: most uses write nothing. */
export const WRITE_AFTER_MS: number = 60 * 60 * 1000;

/**
 * A use that is earlier than the first one by less than this came at the same time and was written later, in
 * milliseconds; by more, the clock was set back.
 */
export const SAME_TIME_MS = 100;

/** How many entries of the log are read at once. */
export const LOG_READ = 500;

/** How many gateways are listed. */
export const MAX_GATEWAYS = 1000;
