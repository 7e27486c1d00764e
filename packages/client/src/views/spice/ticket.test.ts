import { expect, test } from "vitest";
import { sendWholeTickets } from "./ticket.ts";

test("a ticket whose number begins with zeros is sent with them", () => {
  const sent: (readonly number[])[] = [];
  const channel = { send_ticket: (ticket: readonly number[]) => void sent.push(ticket) };
  sendWholeTickets(channel);
  const whole = Array.from({ length: 128 }, (_, index) => index + 1);
  channel.send_ticket(whole);
  channel.send_ticket(whole.slice(2));
  expect(sent).toEqual([whole, [0, 0, ...whole.slice(2)]]);
});
