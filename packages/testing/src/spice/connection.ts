import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeConnection } from "../net/connection.ts";
import { ConnectionEnded } from "../net/reader.ts";
import type { EventLog, RecordedEvent } from "../net/event-log.ts";
import type { ConnectionEvents } from "../net/server.ts";
import {
  encodeReply,
  encodeSpiceMessage,
  LINK_HEADER_BYTES,
  linkBytes,
  LinkError,
  type ReceivedLink,
  readLink,
  SpiceChannelType,
  type SpiceLink,
} from "./messages.ts";

/**
 * Phases of a SPICE channel. A fault at a phase strikes before the server replies to the link message, or before it
 * accepts the ticket.
 */
export type SpicePhase = "reply" | "ticket";

/** All phases, in order. */
export const SPICE_PHASES: readonly SpicePhase[] = ["reply", "ticket"];

/** What a fake SPICE server records. */
export interface SpiceEvents extends ConnectionEvents {
  /** A client has opened a channel. */
  readonly channel: RecordedEvent & SpiceLink;
  /** A message of the client's on an open channel. */
  readonly message: RecordedEvent & { readonly channelType: number; readonly type: number; readonly body: Buffer };
}

/** What a connection needs to know of its server. */
export interface SpiceMachine {
  readonly recorder: EventLog<SpiceEvents>;
  /** Numbers a new session; the channels of older ones are refused from then on. */
  readonly begin: () => number;
  /** The number of the session; undefined before the first. */
  readonly current: () => number | undefined;
}

const AUTH_MECHANISM_BYTES = 4;
const TICKET_BYTES = 128;
const ACCEPTED = Buffer.alloc(4);

/** `SPICE_MSG_MAIN_INIT` and `SPICE_MSG_INPUTS_INIT`. */
const MAIN_INIT = 103;
const INPUTS_INIT = 101;

/** One channel of a fake SPICE server. */
export class SpiceConnection extends FakeConnection<SpicePhase> {
  readonly #machine: SpiceMachine;
  #isMini = true;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault<SpicePhase>[], machine: SpiceMachine) {
    super(socket, number, faults);
    this.#machine = machine;
  }

  /** Sends a message, such as part of a picture. */
  async send(type: number, body: Uint8Array): Promise<void> {
    await this.output.write(encodeSpiceMessage(type, body, this.#isMini));
  }

  /** @internal */
  protected override async serve(): Promise<void> {
    const link = await this.#link();
    const { channelType, hasMiniHeader } = link;
    this.#isMini = hasMiniHeader;
    if (channelType === SpiceChannelType.main) await this.send(MAIN_INIT, mainInit(this.#machine.begin()));
    if (channelType === SpiceChannelType.inputs) await this.send(INPUTS_INIT, Buffer.alloc(2));
    this.#machine.recorder.record("channel", { connection: this.number, ...linkOf(link) });
    for (;;) await this.#receive(channelType);
  }

  /** @internal */
  protected override problem(message: string): void {
    this.#machine.recorder.record("problem", { connection: this.number, message });
  }

  async #link(): Promise<ReceivedLink> {
    const header = await this.reader.read(LINK_HEADER_BYTES);
    const link = readLink(await this.reader.read(linkBytes(header)));
    await this.output.enter("reply");
    if (link.channelType !== SpiceChannelType.main && link.connectionId !== this.#machine.current()) {
      await this.output.write(encodeReply(LinkError.badConnectionId));
      this.problem(`there is no session ${link.connectionId}`);
      this.end();
      throw new ConnectionEnded();
    }
    await this.output.write(encodeReply(LinkError.ok));
    await this.reader.read((link.selectsAuth ? AUTH_MECHANISM_BYTES : 0) + TICKET_BYTES);
    await this.output.enter("ticket");
    await this.output.write(ACCEPTED);
    return link;
  }

  async #receive(channelType: number): Promise<void> {
    const header = await this.reader.read(this.#isMini ? 6 : 18);
    const at = this.#isMini ? 0 : 8;
    const body = await this.reader.read(header.readUInt32LE(at + 2));
    const type = header.readUInt16LE(at);
    this.#machine.recorder.record("message", { connection: this.number, channelType, type, body });
  }
}

/** The session's number, and seven other numbers. */
function mainInit(session: number): Buffer {
  const body = Buffer.alloc(32);
  body.writeUInt32LE(session, 0);
  return body;
}

function linkOf({ connectionId, channelType, channelId }: SpiceLink): SpiceLink {
  return { connectionId, channelType, channelId };
}
