import type { Channel } from "amqplib";

/** What amqplib gives a channel; the size is that of a message which begins with this frame. */
interface Frame {
  readonly size?: number;
}

/**
 * Refuses messages that are too long as soon as the broker announces them: amqplib keeps their parts until the last has
 * come.
 *
 * @param onRefused - has to end the connection: nothing that comes after that is read.
 */
export function boundMessages(channel: Channel, maxBytes: number, onRefused: (error: Error) => void): void {
  const reader = channel as unknown as { accept: (frame: Frame) => unknown };
  const accept = reader.accept.bind(channel);
  reader.accept = (frame) => {
    if ((frame.size ?? 0) <= maxBytes) return accept(frame);
    reader.accept = () => {};
    return onRefused(new Error(`the broker sends a message of more than ${maxBytes} bytes`));
  };
}
