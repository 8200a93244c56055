export type { AccessSummary } from "./access/access.ts";
export type { Role, RoleName } from "./access/role.ts";
export type { ToolList } from "./access/tool-list.ts";
export type { RetryAdvice } from "./answer/advice.ts";
export type { ItemMeta } from "./answer/context-entry.ts";
export type { LastFailure } from "./answer/last-failure.ts";
export type { ToolFailure } from "./answer/failure.ts";
export type { ArgumentLimits } from "./arguments/argument-size.ts";
export {
  answerCalls,
  type AnswerCallsOptions,
  type CallAnswer,
  type ModelCall,
} from "./calls/answer-calls.ts";
export { callsInOrder, type OrderedCall, type OrderedCallOptions } from "./calls/calls-in-order.ts";
export { KeyedQueue } from "@syntha/core/storage";
export { type CustomCall, type CustomTools, parseCustomArguments } from "./calls/custom-tools.ts";
export type { AnswerFor, ArgumentsFor, CallOptions, ToolAnswer } from "./handler/call-types.ts";
export type { ToolDefinition, ToolsOptions } from "./handler/definition.ts";
export { ToolHandlerWrapper } from "./handler/tool-handler-wrapper.ts";
export type { ToolHandlerOptions } from "./handler/options.ts";
export type { ToolCaller } from "./handler/tool-caller.ts";
export { ToolHandler } from "./handler/tool-handler.ts";
export { toolHandlers } from "./handler/tool-handlers.ts";
export type {
  ParametersByDialect,
  ParametersSchema,
  PortableParameters,
  PortableProperty,
  PropertySchema,
  SchemaDialect,
} from "./schema/json-schema.ts";
export type { OutputProperty, OutputSchema } from "./schema/output-schema.ts";
export type { ChangeSummary } from "./tools/wait-for-changes.ts";
export type { DiscoveredAgent } from "./tools/discover-agents.ts";
export type { DiscoveredTopic } from "./tools/discover-topics.ts";
export type { EventSummary } from "./tools/read-events.ts";
export { TOOL_NAMES, type ToolArguments, type ToolName, type ToolResults } from "./tools/index.ts";
export { type Effect, TOOLSETS, type Toolset } from "./tool.ts";
