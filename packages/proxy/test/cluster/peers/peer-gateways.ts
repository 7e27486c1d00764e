import { AdminClient } from "../../../src/admin/index.ts";
import { PeerCluster } from "../../../src/cluster/peers/peer-cluster.ts";
import { type ConfigInput, createLogger, parseConfig } from "../../../src/index.ts";
import { parseEndpoint } from "../../../src/net/endpoint.ts";
import type { TokenSource } from "../../../src/tokens/source.ts";
import { TracedGateway } from "../../../src/traced-gateway.ts";
import { Client } from "../../support/client.ts";
import type { Request } from "../../support/gateway.ts";
import { Wire } from "./wire.ts";

/** How often gateways of the tests ask each other, in milliseconds. */
const BEAT_MS = 50;

/** How long a busy machine may take to answer, in milliseconds. */
const ANSWER_MS = 20_000;

/** The same where the way to a gateway hangs, which costs that time. */
export const HANGING_MS = 3000;

export interface PeerGatewayOptions {
  /** Path of its token store. @defaultValue in memory */
  readonly path?: string;
  readonly onStoreLoss?: "keep" | { readonly end_after: number };
  /** Asked after the store. */
  readonly source?: TokenSource;
  readonly beatMs?: number;
  /** How long its tokens wait for peers when it starts, in milliseconds. @defaultValue 0 */
  readonly holdMs?: number;
  readonly answerMs?: number;
  readonly config?: ConfigInput;
}

/** A gateway that works with others without a store, in this process. */
export class PeerGateway implements AsyncDisposable {
  readonly name: string;
  readonly lines: string[];
  /** How many events there were, by type. */
  readonly events: ReadonlyMap<string, number>;
  readonly proxy: TracedGateway;
  readonly cluster: PeerCluster;
  readonly host: string;
  readonly adminUrl: string;
  readonly admin: AdminClient;

  private constructor(
    made: Pick<PeerGateway, "name" | "lines" | "events" | "proxy" | "cluster" | "host" | "adminUrl">,
  ) {
    this.name = made.name;
    this.lines = made.lines;
    this.events = made.events;
    this.proxy = made.proxy;
    this.cluster = made.cluster;
    this.host = made.host;
    this.adminUrl = made.adminUrl;
    this.admin = new AdminClient({ url: made.adminUrl, key: keyOf(made.name) });
  }

  /** @param peers - where each of the others is, by name. */
  static async start(
    name: string,
    peers: Readonly<Record<string, string>>,
    { path = ":memory:", onStoreLoss = "keep", source, config: more, ...times }: PeerGatewayOptions = {},
  ): Promise<PeerGateway> {
    const entries = Object.entries(peers).map(([peer, url]) => ({ url, key: keyOf(peer) }));
    const config = parseConfig({
      listen: "127.0.0.1:0",
      admin: { listen: "127.0.0.1:0", key: keyOf(name) },
      consoleauth: { enforce_session_timeout: true },
      cluster: { name, peers: entries },
      ...more,
    });
    // Shorter than may be configured.
    const settings = { ...config.cluster, on_store_loss: onStoreLoss };
    const lines: string[] = [];
    const log = createLogger("debug", { write: (line) => void lines.push(line) });
    const cluster = new PeerCluster({
      settings,
      tokensPath: path,
      log,
      beatMs: BEAT_MS,
      holdMs: 0,
      answerMs: ANSWER_MS,
      ...times,
    });
    const sources = source === undefined ? [] : [{ name: "test", source }];
    const tokens = { store: cluster.store, immediate: cluster.store, sources };
    const events = new Map<string, number>();
    const observer = {
      name: "test",
      notify: ({ type }: { readonly type: string }) => void events.set(type, (events.get(type) ?? 0) + 1),
    };
    const proxy = new TracedGateway(config, { tokens, log, cluster, traces: undefined, observers: [observer] });
    const { url, adminUrl } = await proxy.listen();
    return new PeerGateway({ name, lines, events, proxy, cluster, host: new URL(url).host, adminUrl });
  }

  async token(target: string, request: Request = {}): Promise<{ readonly id: string; readonly token: string }> {
    const endpoint = parseEndpoint(target);
    const { token, record } = await this.cluster.store.issue({
      type: "serial",
      endpoint,
      ttlMs: 60_000,
      ...request,
    });
    return { id: record.tokenId, token };
  }

  connect(token: string): Client {
    return new Client(this.host, token);
  }

  /** A client with a session. */
  async open(token: string): Promise<Client> {
    const client = this.connect(token);
    await client.message("hello");
    return client;
  }

  /** Why a token opens no session. */
  async refusal(token: string): Promise<string> {
    using client = this.connect(token);
    const told = await Promise.race([client.message("bye"), client.message("hello")]);
    return told.type === "bye" ? told.reason : "opened";
  }

  logged(message: string): readonly Record<string, unknown>[] {
    const all = this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    return all.filter(({ msg }) => msg === message);
  }

  async readiness(): Promise<readonly [status: number, text: string]> {
    const answer = await fetch(`${this.adminUrl}/readyz`);
    return [answer.status, await answer.text()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy.close();
  }
}

/** Two gateways, each of which reaches the other over a wire. */
export class Pair implements AsyncDisposable {
  readonly wires: { readonly one: Wire; readonly two: Wire };
  one: PeerGateway;
  two: PeerGateway;

  private constructor(wires: Pair["wires"], one: PeerGateway, two: PeerGateway) {
    this.wires = wires;
    this.one = one;
    this.two = two;
  }

  static async start(options: PeerGatewayOptions = {}, ofTwo: PeerGatewayOptions = options): Promise<Pair> {
    const wires = { one: await Wire.open(), two: await Wire.open() };
    const one = await PeerGateway.start("one", { two: wires.two.url }, options);
    wires.one.leadTo(one.adminUrl);
    const two = await PeerGateway.start("two", { one: wires.one.url }, ofTwo);
    wires.two.leadTo(two.adminUrl);
    const pair = new Pair(wires, one, two);
    await pair.meet();
    return pair;
  }

  /** Waits until both have heard of each other. */
  async meet(): Promise<void> {
    await Promise.all([this.one, this.two].map(async (gateway) => await knows(gateway, 2)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.one, this.two].map(async (gateway) => await gateway[Symbol.asyncDispose]()));
    await Promise.all(Object.values(this.wires).map(async (wire) => await wire[Symbol.asyncDispose]()));
  }
}

/** Waits until a gateway reaches so many, itself included. */
export async function knows(gateway: PeerGateway, gateways: number): Promise<void> {
  while (gateway.cluster.figures.gateways() !== gateways) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function keyOf(name: string): string {
  return `the-admin-key-of-gateway-${name}`;
}
