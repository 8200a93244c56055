import { ToolMessage } from "@langchain/core/messages/tool";
import {
  DynamicStructuredTool,
  StructuredTool,
  type ToolRunnableConfig,
} from "@langchain/core/tools";
import type { SchemaDialect, ToolCaller, ToolDefinition, KeyedQueue } from "@syntha/tools";
import { asGiven } from "./invalid-tool-calls.ts";

type JsonSchema = Extract<StructuredTool["schema"], { $ref: string } | { type: "object" }>;

export interface MeshToolInput {
  readonly handler: ToolCaller;
  readonly definition: ToolDefinition<SchemaDialect>;
  readonly turns: KeyedQueue;
  /** Whether the schema's dialect may follow from the model; false where the user chose one. */
  readonly choosesDialect: boolean;
}

/**
 * A tool of the mesh. The model gets its schema, but LangChain checks the arguments by none: the handler answers wrong
 * ones too, with a code and a hint.
 */
export class MeshTool extends StructuredTool {
  override readonly name: string;
  override readonly description: string;
  override readonly schema: JsonSchema;
  readonly handler: ToolCaller;
  readonly choosesDialect: boolean;
  readonly #turns: KeyedQueue;
  /** Callbacks, tracing and the form of the result are LangChain's own, by a tool that takes anything. */
  readonly #unchecked: DynamicStructuredTool;

  constructor({ handler, definition, turns, choosesDialect }: MeshToolInput) {
    const { name, description, effect, parameters } = definition;
    const metadata = { effect };
    super({ metadata });
    this.name = name;
    this.description = description;
    this.schema = parameters as JsonSchema;
    this.handler = handler;
    this.choosesDialect = choosesDialect;
    this.#turns = turns;
    const func = (args: unknown, _: unknown, config?: ToolRunnableConfig) =>
      this._call(args, undefined, config);
    this.#unchecked = new DynamicStructuredTool({ name, description, metadata, schema: {}, func });
  }

  override call: StructuredTool["call"] = (...given) =>
    this.#turns.next(runOf(given[1]), () => this.#unchecked.call(...given));

  protected override async _call(
    args: unknown,
    _: unknown,
    config?: ToolRunnableConfig,
  ): Promise<string | ToolMessage> {
    config?.signal?.throwIfAborted();
    const id = config?.toolCall?.id;
    const answer = await this.handler.handleToolCall(this.name, asGiven(args), { id });
    const content = JSON.stringify(answer);
    if (answer.success || id === undefined) return content;
    const { name, metadata = {} } = this;
    return new ToolMessage({ content, tool_call_id: id, name, metadata, status: "error" });
  }
}

/** LangGraph hands the same writer to all calls of a run, and to no other's. */
function runOf(config: object | undefined): object | undefined {
  return (config as { writer?: object } | undefined)?.writer;
}
