import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { Conversation } from "./conversation.ts";
import { Front, type SentRequest } from "./front.ts";
import type { Play, Turn } from "./play.ts";

/** A server on this machine that answers as the vendors do, by what `play` decides. */
export class ModelServer {
  readonly #mock: LLMock;
  readonly #front: Front;
  /** Requests as they were understood, in order. */
  readonly conversations: Conversation[] = [];

  /**
   * Speaks OpenAI's Chat Completions and Responses, Anthropic's Messages, Gemini's `generateContent` and Mistral's chat
   * completions, streamed and whole. Arguments and texts are streamed in pieces of a few characters. What a vendor would
   * refuse is answered with status 400.
   */
  static async start(play: Play): Promise<ModelServer> {
    const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 7 });
    await mock.start();
    return new ModelServer(mock, await Front.start(mock.url), play);
  }

  private constructor(mock: LLMock, front: Front, play: Play) {
    [this.#mock, this.#front] = [mock, front];
    mock.on({}, (request) => this.#answer(request, play));
  }

  /** For OpenAI's clients. */
  get openaiUrl(): string {
    return `${this.#front.url}/v1`;
  }

  /** For Anthropic's client, which adds the version itself. */
  get anthropicUrl(): string {
    return this.#front.url;
  }

  /** For Gemini's clients, some of which add the version themselves. */
  get geminiUrl(): string {
    return this.#front.url;
  }

  /** For Mistral's clients, some of which add the version themselves. */
  get mistralUrl(): string {
    return `${this.#front.url}/mistral`;
  }

  /** Variables by which a program finds this server with the vendors' own clients. */
  get env(): Record<string, string> {
    return {
      OPENAI_API_KEY: "any",
      OPENAI_BASE_URL: this.openaiUrl,
      OPENAI_AGENTS_DISABLE_TRACING: "1",
      ANTHROPIC_API_KEY: "any",
      ANTHROPIC_BASE_URL: this.anthropicUrl,
    };
  }

  /** Of the requests so far: path, headers and the body as it was understood. */
  get requests() {
    return this.#mock.getRequests();
  }

  /** Requests so far as the SDK sent them, those that were refused too. */
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
      // Gemini has no reason of its own for a turn that ends in calls.
      return request._context === "gemini" ? { ...response, finishReason: "stop" } : response;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: { message, type: "invalid_request_error" }, status: 400 };
    }
  }
}

/** Told by every protocol, as its vendor names it; Chat Completions' streams tell it only when they are asked to. */
function withUsage(response: FixtureResponse, request: ChatCompletionRequest): FixtureResponse {
  if ("error" in response) return response;
  const input = tokensOf({ messages: request.messages, tools: request.tools });
  const output = tokensOf(response);
  const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output };
  return { ...response, usage: { ...usage, prompt_tokens: input, completion_tokens: output } };
}

/** About: four bytes are one. */
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
