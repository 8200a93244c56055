import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Random } from "@syntha/testing-random";
import { newClient } from "../support/client.ts";
import type { Era } from "../support/eras.ts";
import type { Markers } from "./markers.ts";
import type { Oracle } from "./oracle.ts";

/** Something that an agent received and could not see. */
export interface Leak {
  readonly agent: string;
  readonly marker: string;
  /** What the agent had called. */
  readonly during: string;
  readonly received: string;
}

export interface ReaderOptions {
  readonly url: URL;
  readonly token: string;
  readonly agent: string;
  readonly era: Era;
  readonly oracle: Oracle;
  readonly markers: Markers;
  readonly random: Random;
  /** Opaque texts of answers, of all agents: cursors, page tokens, tokens of claims. */
  readonly opaque: string[];
  readonly onLeak: (leak: Leak) => void;
}

const VERSION = "2026-07-28";
const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
const META = {
  "io.modelcontextprotocol/protocolVersion": VERSION,
  "io.modelcontextprotocol/clientInfo": { name: "leak-test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { extensions: { [TASKS_EXTENSION]: {} } },
};

/** An agent with the official client, whose every received byte is checked. */
export class Reader {
  readonly agent: string;
  readonly era: Era;
  readonly oracle: Oracle;
  readonly client: Client;
  /** Received bytes, and the markers in them. */
  readonly received = { bytes: 0, markers: 0 };
  /** Protocol errors, by code. */
  readonly errors = new Map<number, number>();
  readonly #options: ReaderOptions;
  readonly #answers: { sent: string; text: string }[] = [];
  #suspicious: { marker: string; sent: string; text: string }[] = [];
  #isFeed = false;
  #dispatched = 0;

  private constructor(options: ReaderOptions) {
    this.#options = options;
    this.agent = options.agent;
    this.era = options.era;
    this.oracle = options.oracle;
    this.client = newClient(this.era);
  }

  static async connect(options: ReaderOptions): Promise<Reader> {
    const reader = new Reader(options);
    const transport = new StreamableHTTPClientTransport(options.url, {
      fetch: (url, init) => reader.#fetch(url, init),
      requestInit: { headers: { authorization: `Bearer ${options.token}` } },
    });
    await reader.client.connect(transport);
    return reader;
  }

  /** Calls a tool. Returns the answer's object, or undefined after a protocol error. */
  async callTool(
    name: string,
    args: Record<string, unknown>,
  ): Promise<Record<string, unknown> | undefined> {
    const result = await this.request("tools/call", { name, arguments: args });
    const [content] = (result?.["content"] ?? []) as { text?: string }[];
    return content?.text === undefined ? undefined : (JSON.parse(content.text) as never);
  }

  /** Undefined after a protocol error. */
  async request(
    method:
      | "tools/call"
      | "tools/list"
      | "resources/list"
      | "resources/templates/list"
      | "resources/read"
      | "prompts/list"
      | "prompts/get"
      | "completion/complete",
    params: Record<string, unknown> = {},
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const result = (await this.client.request({ method, params } as never)) as Record<
        string,
        unknown
      >;
      this.#collect(result);
      return result;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code !== "number") throw error;
      this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
      return undefined;
    }
  }

  /**
   * Sends a request beside the client, for methods that it does not know, as a client of the current protocol with the Tasks
   * extension. Undefined after a protocol error.
   */
  async dispatch(
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown> | undefined> {
    const { url, token } = this.#options;
    const response = await this.#fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": VERSION,
        "mcp-method": method,
        "mcp-name": String(params["name"] ?? params["taskId"]),
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: `beside ${this.#dispatched++}`,
        method,
        params: { ...params, _meta: META },
      }),
    });
    const text = await response.text();
    const message = /^data: (\{.*)$/mu.exec(text)?.[1] ?? text;
    const { result, error } = JSON.parse(message) as {
      result?: Record<string, unknown>;
      error?: { code: number };
    };
    if (error !== undefined) this.errors.set(error.code, (this.errors.get(error.code) ?? 0) + 1);
    return result;
  }

  /** Whether the server lets the agent delegate tasks, and follow them. */
  get delegates(): boolean {
    const { extensions } = this.client.getServerCapabilities() ?? {};
    return this.era === "modern" && extensions?.[TASKS_EXTENSION] !== undefined;
  }

  /** The following answers include the past, until {@link report}. */
  readsFeed(): void {
    this.#isFeed = true;
  }

  /**
   * Compares the new answers with what the agent may receive now. An operation's answer may show what was visible before it
   * or after it: call this before and after the oracle looks again, then {@link report}.
   */
  check(): void {
    const { markers } = this.#options;
    const mayReceive = (marker: string): boolean =>
      this.oracle.mayReceive(this.agent, marker, this.#isFeed);
    for (const { sent, text } of this.#answers.splice(0)) {
      // What an agent names itself reveals nothing to it.
      const known = markers.find(sent);
      for (const marker of markers.find(text)) {
        this.received.markers++;
        if (!known.has(marker)) this.#suspicious.push({ marker, sent, text });
      }
    }
    this.#suspicious = this.#suspicious.filter(({ marker }) => !mayReceive(marker));
  }

  /** Reports what no check has allowed. */
  report(): void {
    this.#isFeed = false;
    for (const { marker, sent, text } of this.#suspicious.splice(0))
      this.#options.onLeak({
        agent: this.agent,
        marker,
        during: sent.slice(0, 1_000),
        received: text.slice(0, 4_000),
      });
  }

  async #fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(url, init);
    const sent = typeof init.body === "string" ? init.body : "";
    const isListen = sent.includes('"subscriptions/listen"') || init.method === "GET";
    if (isListen || response.body === null) return response;
    const text = await response.text();
    const headers = [...response.headers].join("\n");
    this.received.bytes += text.length;
    this.#answers.push({ sent, text: `${headers}\n${text}` });
    return new Response(text, { status: response.status, headers: response.headers });
  }

  /** Keeps cursors and tokens, which other agents will try. */
  #collect(result: unknown): void {
    const { opaque, random } = this.#options;
    for (const [, text] of JSON.stringify(result).matchAll(
      /\\*"(?:cursor|next_page|nextCursor|since)\\*":\\*"([^"\\]+)/gu,
    )) {
      if (opaque.length < 200) opaque.push(text!);
      else opaque[random.below(opaque.length)] = text!;
    }
  }
}
