import {
  createServer,
  type IncomingMessage,
  request as toMock,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { anthropic } from "./vendors/anthropic.ts";
import { gemini } from "./vendors/gemini.ts";
import { mistral } from "./vendors/mistral.ts";
import { openai } from "./vendors/openai.ts";
import type { Json, Vendor } from "./vendors/vendor.ts";

const VENDORS: readonly Vendor[] = [openai, anthropic, gemini, mistral];

/** A request as the SDK sent it. */
export interface SentRequest {
  /** The path without the query. */
  readonly path: string;
  readonly body: Json;
}

/** A proxy before the mock, which accepts any tools: it refuses requests that the vendor would refuse. */
export class VendorProxy {
  readonly #server: Server;
  readonly sent: SentRequest[] = [];

  static async start(mockUrl: string): Promise<VendorProxy> {
    const front = new VendorProxy(mockUrl);
    await new Promise<void>((resolve) => front.#server.listen(0, "127.0.0.1", resolve));
    return front;
  }

  private constructor(mockUrl: string) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response, mockUrl).catch((error: unknown) =>
        response.destroy(error as Error),
      );
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    mockUrl: string,
  ): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", mockUrl);
    const vendor = VENDORS.find(({ path }) => path.test(pathname));
    const written = await text(request);
    if (vendor === undefined) {
      forward({ request, response, url: mockUrl + pathname + search, body: written });
      return;
    }
    const body = JSON.parse(written) as Json;
    this.sent.push({ path: pathname, body });
    try {
      vendor.check(body);
    } catch (error) {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify(vendor.toError((error as Error).message)));
      return;
    }
    const url = mockUrl + mockPath(pathname) + search;
    const understood = vendor.forMock ? JSON.stringify(vendor.forMock(body)) : written;
    const toStream = body["stream"] === true ? vendor.toStream : undefined;
    forward({ request, response, url, body: understood, vendor: vendor.name, toStream });
  }
}

/** The mock serves Mistral like OpenAI, and a single version of Gemini's protocol. */
function mockPath(path: string): string {
  return path.replace(/^\/mistral/, "").replace(/^\/v1\/models/, "/v1beta/models");
}

interface Forwarded {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly body: string;
  readonly vendor?: string;
  readonly toStream?: Vendor["toStream"];
}

function forward({ request, response, url, body, vendor, toStream }: Forwarded): void {
  const { method, headers } = request;
  const sent = {
    ...headers,
    "content-length": Buffer.byteLength(body),
    ...(vendor !== undefined && { "x-aimock-context": vendor }),
  };
  const upstream = toMock(url, { method, headers: sent }, (answer) => {
    if (toStream === undefined || answer.statusCode !== 200) {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    } else void streamWhole(answer, response, toStream);
  });
  upstream.on("error", (error) => response.destroy(error));
  response.on("close", () => upstream.destroy());
  upstream.end(method === "GET" ? undefined : body);
}

async function streamWhole(
  answer: IncomingMessage,
  response: ServerResponse,
  toStream: NonNullable<Vendor["toStream"]>,
): Promise<void> {
  const whole = JSON.parse(await text(answer)) as Json;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(toStream(whole));
}
