/** A password that is encrypted with a server's key of 1024 bits, in bytes. */
const TICKET_BYTES = 128;

/** What sends a ticket: a channel of spice-html5. */
interface TicketSender {
  send_ticket(ticket: readonly number[]): void;
}

/**
 * Makes a channel send whole tickets. spice-html5 leaves leading zeros out, so that the server refuses one of 256 with
 * "Permission denied", whatever the password is (spice-html5 0.2, `rsa_encrypt`).
 */
export function sendWholeTickets(channel: TicketSender): void {
  const send = channel.send_ticket.bind(channel);
  channel.send_ticket = (ticket) => {
    const missing = Math.max(0, TICKET_BYTES - ticket.length);
    send([...Array.from({ length: missing }, () => 0), ...ticket]);
  };
}
