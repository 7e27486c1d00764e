/** The way to authenticate with a ticket. */
export const AUTH_SPICE = 1;

/** A password, encrypted with the server's public key. */
export const TICKET_BYTES = 128;

/** The number of the way to authenticate, which precedes the ticket where the client selects one. */
export const AUTH_MECHANISM_BYTES = 4;
