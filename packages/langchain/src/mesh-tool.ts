import { ToolMessage } from "@langchain/core/messages/tool";
import {
  DynamicStructuredTool,
  StructuredTool,
  type ToolRunnableConfig,
} from "@langchain/core/tools";
import type { KeyedQueue } from "@syntha/core/storage";
import type { SchemaDialect, ToolCaller, ToolDefinition } from "@syntha/tools";
import { originalArguments } from "./invalid-tool-calls.ts";

type JsonSchema = Extract<StructuredTool["schema"], { $ref: string } | { type: "object" }>;

export interface MeshToolOptions {
  readonly handler: ToolCaller;
  readonly definition: ToolDefinition<SchemaDialect>;
  readonly queue: KeyedQueue<object | undefined>;
  /** Whether the schema may follow the model's vendor; false if the user chose a form. */
  readonly choosesDialect: boolean;
}

/**
 * A tool of the mesh. The model receives its schema, but LangChain validates nothing: the handler answers invalid arguments
 * with a code and a hint.
 */
export class MeshTool extends StructuredTool {
  override readonly name: string;
  override readonly description: string;
  override readonly schema: JsonSchema;
  readonly handler: ToolCaller;
  readonly choosesDialect: boolean;
  readonly #queue: KeyedQueue<object | undefined>;
  /** Accepts any arguments; provides LangChain's callbacks, tracing and form of the result. */
  readonly #unchecked: DynamicStructuredTool;

  constructor({ handler, definition, queue, choosesDialect }: MeshToolOptions) {
    const { name, description, effect, parameters } = definition;
    const metadata = { effect };
    super({ metadata });
    this.name = name;
    this.description = description;
    this.schema = parameters as JsonSchema;
    this.handler = handler;
    this.choosesDialect = choosesDialect;
    this.#queue = queue;
    const func = (args: unknown, _: unknown, config?: ToolRunnableConfig) =>
      this._call(args, undefined, config);
    this.#unchecked = new DynamicStructuredTool({ name, description, metadata, schema: {}, func });
  }

  override call: StructuredTool["call"] = (...args) =>
    this.#queue.run(runOf(args[1]), () => this.#unchecked.call(...args));

  protected override async _call(
    args: unknown,
    _: unknown,
    config?: ToolRunnableConfig,
  ): Promise<string | ToolMessage> {
    const { signal } = config ?? {};
    signal?.throwIfAborted();
    const id = config?.toolCall?.id;
    const options = { id, signal };
    const answer = await this.handler.handleToolCall(this.name, originalArguments(args), options);
    const content = JSON.stringify(answer);
    if (answer.success || id === undefined) return content;
    const { name, metadata = {} } = this;
    return new ToolMessage({ content, tool_call_id: id, name, metadata, status: "error" });
  }
}

/** LangGraph passes one writer to all calls of a run, and another to each other run. */
function runOf(config: object | undefined): object | undefined {
  return (config as { writer?: object } | undefined)?.writer;
}
