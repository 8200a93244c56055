import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import type { ToolCaller } from "@syntha/tools";

/** Holds arguments that are not JSON, as text: LangChain and vendors accept only objects. */
const TEXT_PROPERTY = "unreadable_arguments";

interface InvalidCall {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/**
 * Restores calls of mesh tools whose arguments are not JSON. LangChain drops such calls, and repairs those that were
 * truncated in a stream; with the original text, the handler answers them with a hint, and none runs with partial arguments.
 * {@link meshMiddleware} does this for `createAgent`; call it for your own loop.
 *
 * @returns the message itself if it has no such calls
 */
export function preserveInvalidToolCalls(handler: ToolCaller, message: AIMessage): AIMessage {
  const invalid = invalidCalls(message).filter(({ name }) => handler.knows(name));
  if (invalid.length === 0) return message;
  const ids = new Set(invalid.map(({ id }) => id));
  const isOther = ({ id }: { id?: string | undefined }): boolean =>
    id === undefined || !ids.has(id);
  const { content, additional_kwargs, response_metadata, usage_metadata, id, name } = message;
  return new AIMessage({
    content,
    additional_kwargs,
    response_metadata,
    tool_calls: [
      ...(message.tool_calls ?? []).filter(isOther),
      ...invalid.map((call) => ({
        type: "tool_call" as const,
        id: call.id,
        name: call.name,
        args: { [TEXT_PROPERTY]: call.text },
      })),
    ],
    invalid_tool_calls: (message.invalid_tool_calls ?? []).filter(isOther),
    ...(usage_metadata !== undefined && { usage_metadata }),
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
  });
}

/**
 * Arguments as the model wrote them: the preserved text, or the value. Text that is valid JSON is not taken from the
 * property: a model could hide arguments in it from checks before the call.
 */
export function originalArguments(args: unknown): unknown {
  if (typeof args !== "object" || args === null || !Object.hasOwn(args, TEXT_PROPERTY)) return args;
  const { [TEXT_PROPERTY]: text, ...rest } = args as Record<string, unknown>;
  const isPreserved = typeof text === "string" && !isObjectText(text);
  return isPreserved && Object.keys(rest).length === 0 ? text : args;
}

function invalidCalls(message: AIMessage): InvalidCall[] {
  const streamed = AIMessageChunk.isInstance(message) ? (message.tool_call_chunks ?? []) : [];
  const calls = streamed.length > 0 ? streamed.filter(isInvalid) : message.invalid_tool_calls;
  return (calls ?? []).flatMap(({ id, name, args }) =>
    id === undefined || name === undefined ? [] : [{ id, name, text: args ?? "" }],
  );
}

function isInvalid({ args = "" }: { args?: string | undefined }): boolean {
  return args.trim() !== "" && !isObjectText(args);
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
