import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { Conversation } from "./conversation.ts";
import { VendorProxy, type SentRequest } from "./vendor-proxy.ts";
import type { Play, Turn } from "./play.ts";

/** A local server that implements the vendors' protocols, with the turns of a script. */
export class ModelServer {
  readonly #mock: LLMock;
  readonly #front: VendorProxy;
  /** The parsed requests, in order. */
  readonly conversations: Conversation[] = [];

  /**
   * Serves OpenAI's Chat Completions and Responses, Anthropic's Messages, Gemini's `generateContent` and Mistral's chat
   * completions, with and without streaming. Arguments and texts are streamed in chunks of a few characters. A request that
   * the vendor would refuse is answered with status 400.
   */
  static async start(play: Play): Promise<ModelServer> {
    const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 7 });
    await mock.start();
    return new ModelServer(mock, await VendorProxy.start(mock.url), play);
  }

  private constructor(mock: LLMock, front: VendorProxy, play: Play) {
    [this.#mock, this.#front] = [mock, front];
    mock.on({}, (request) => this.#answer(request, play));
  }

  /** The base URL for OpenAI's clients. */
  get openaiUrl(): string {
    return `${this.#front.url}/v1`;
  }

  /** The base URL for Anthropic's client, which adds the version. */
  get anthropicUrl(): string {
    return this.#front.url;
  }

  /** The base URL for Gemini's clients, some of which add the version. */
  get geminiUrl(): string {
    return this.#front.url;
  }

  /** The base URL for Mistral's clients, some of which add the version. */
  get mistralUrl(): string {
    return `${this.#front.url}/mistral`;
  }

  /** Environment variables that direct the vendors' clients to this server. */
  get env(): Record<string, string> {
    return {
      OPENAI_API_KEY: "any",
      OPENAI_BASE_URL: this.openaiUrl,
      OPENAI_AGENTS_DISABLE_TRACING: "1",
      ANTHROPIC_API_KEY: "any",
      ANTHROPIC_BASE_URL: this.anthropicUrl,
    };
  }

  /** Path, headers and parsed body of the requests so far. */
  get requests() {
    return this.#mock.getRequests();
  }

  /** The requests so far as the SDK sent them, including refused ones. */
  get sent(): readonly SentRequest[] {
    return this.#front.sent;
  }

  async close(): Promise<void> {
    await this.#front.close();
    await this.#mock.stop();
  }

  async #answer(request: ChatCompletionRequest, play: Play): Promise<FixtureResponse> {
    try {
      const conversation = new Conversation(request);
      this.conversations.push(conversation);
      const response = withUsage(toResponse(await play(conversation)), request);
      // Gemini has no finish reason for a turn that ends in calls.
      return request._context === "gemini" ? { ...response, finishReason: "stop" } : response;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: { message, type: "invalid_request_error" }, status: 400 };
    }
  }
}

/** Every protocol reports usage under its own names; streams of Chat Completions only on request. */
function withUsage(response: FixtureResponse, request: ChatCompletionRequest): FixtureResponse {
  if ("error" in response) return response;
  const input = tokensOf({ messages: request.messages, tools: request.tools });
  const output = tokensOf(response);
  const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  return { ...response, usage: { ...usage, prompt_tokens: input, completion_tokens: output } };
}

/** An approximation: four bytes per token. */
const tokensOf = (value: object): number => Math.ceil(JSON.stringify(value).length / 4);

function toResponse(turn: Turn): FixtureResponse {
  if ("error" in turn) {
    const { status, message, retryAfterSeconds } = turn.error;
    const error = { message, type: status === 429 ? "rate_limit_error" : "api_error" };
    return {
      error,
      status,
      ...(retryAfterSeconds !== undefined && { retryAfter: retryAfterSeconds }),
    };
  }
  if (!("calls" in turn)) return { content: turn.text };
  const toolCalls = turn.calls.map((call) => ({
    name: call.name,
    arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
  }));
  return turn.text === undefined ? { toolCalls } : { content: turn.text, toolCalls };
}
