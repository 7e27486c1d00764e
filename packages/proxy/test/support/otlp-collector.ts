import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  readonly durationNs: bigint;
  readonly attributes: Readonly<Record<string, string | boolean>>;
  /** 2 for an error. */
  readonly status: number;
  /** The attributes of what sent it. */
  readonly resource: Readonly<Record<string, string | boolean>>;
}

/** A field of a protobuf message: a number, or bytes. */
type Field = readonly [number: number, value: bigint | Buffer];

/** An OpenTelemetry collector that speaks OTLP over HTTP with protobuf. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  /** What came, as it came. */
  readonly bodies: Buffer[] = [];
  /** What it answers; undefined not to answer at all. */
  status: number | undefined = 200;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async start(): Promise<OtlpCollector> {
    const collector = new OtlpCollector();
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    this.bodies.push(body);
    if (this.status === undefined) return;
    if (this.status === 200 && request.url === "/v1/traces") this.spans.push(...readSpans(body));
    response.writeHead(this.status).end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** The spans of an ExportTraceServiceRequest (opentelemetry-proto 1.7, trace.proto). */
function readSpans(body: Buffer): readonly ReceivedSpan[] {
  return messages(fields(body), 1).flatMap((resourceSpans) => {
    const resource = messages(resourceSpans, 1).map((each) => attributesOf(each, 1))[0] ?? {};
    return messages(resourceSpans, 2)
      .flatMap((scope) => messages(scope, 2))
      .map((span) => ({ ...readSpan(span), resource }));
  });
}

function readSpan(span: readonly Field[]): Omit<ReceivedSpan, "resource"> {
  const bytes = (number: number): Buffer => span.filter(([each]) => each === number)[0]?.[1] as Buffer;
  const [status] = messages(span, 15);
  return {
    traceId: bytes(1).toString("hex"),
    spanId: bytes(2).toString("hex"),
    parentId: (bytes(4) ?? Buffer.of()).toString("hex"),
    name: bytes(5).toString(),
    durationNs: bytes(8).readBigUInt64LE() - bytes(7).readBigUInt64LE(),
    attributes: attributesOf(span, 9),
    status: Number(status?.find(([number]) => number === 3)?.[1] ?? 0),
  };
}

function attributesOf(message: readonly Field[], number: number): Record<string, string | boolean> {
  const pairs = messages(message, number).map((pair) => {
    const [key] = pair.filter(([each]) => each === 1).map(([, value]) => String(value));
    const [type, value] = messages(pair, 2)[0]?.[0] ?? [];
    return [key, type === 2 ? value === 1n : String(value)] as const;
  });
  return Object.fromEntries(pairs);
}

/** The messages in the fields of this number. */
function messages(message: readonly Field[], number: number): readonly (readonly Field[])[] {
  return message.filter(([each]) => each === number).map(([, value]) => fields(value as Buffer));
}

function fields(message: Buffer): readonly Field[] {
  const found: Field[] = [];
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[offset] ?? 0;
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (offset < message.length) {
    const tag = varint();
    const wire = Number(tag & 7n);
    if (wire === 0) {
      found.push([Number(tag >> 3n), varint()]);
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
    found.push([Number(tag >> 3n), message.subarray(offset, offset + length)]);
    offset += length;
  }
  return found;
}
