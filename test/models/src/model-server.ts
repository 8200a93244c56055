import { type ChatCompletionRequest, type FixtureResponse, LLMock } from "@copilotkit/aimock";
import { TOOL_NAMES } from "@syntha/tools";
import { checkTools } from "./check-tools.ts";
import { Conversation } from "./conversation.ts";
import type { Play, Turn } from "./play.ts";

/** A server on this machine that answers as the vendors do, by what `play` decides. */
export class ModelServer {
  readonly #mock: LLMock;
  /** Requests as they were understood, in order. */
  readonly conversations: Conversation[] = [];

  /**
   * Speaks OpenAI's Chat Completions and Responses, and Anthropic's Messages, streamed and whole. Arguments and texts
   * are streamed in pieces of a few characters. What a vendor would refuse is answered with status 400.
   */
  static async start(play: Play): Promise<ModelServer> {
    const server = new ModelServer(play);
    await server.#mock.start();
    return server;
  }

  private constructor(play: Play) {
    this.#mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: 7 });
    this.#mock.on({}, (request) => this.#answer(request, play));
  }

  /** For OpenAI's clients. */
  get openaiUrl(): string {
    return `${this.#mock.url}/v1`;
  }

  /** For Anthropic's client, which adds the version itself. */
  get anthropicUrl(): string {
    return this.#mock.url;
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

  /** Of the requests so far: path, headers and the body as it was sent, where the server keeps it. */
  get requests() {
    return this.#mock.getRequests();
  }

  async close(): Promise<void> {
    await this.#mock.stop();
  }

  async #answer(request: ChatCompletionRequest, play: Play): Promise<FixtureResponse> {
    try {
      const conversation = new Conversation(request);
      checkTools(conversation.tools.values(), OURS);
      this.conversations.push(conversation);
      return withUsage(toResponse(await play(conversation)), request);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: { message, type: "invalid_request_error" }, status: 400 };
    }
  }
}

const OURS: ReadonlySet<string> = new Set(TOOL_NAMES);

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
