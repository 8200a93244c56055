import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import type { ToolCaller } from "@syntha/tools";

/** The property that holds a call's arguments as text if they are not JSON: LangChain and vendors accept only objects. */
const TEXT = "unreadable_arguments";

interface BrokenCall {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/**
 * LangChain drops a call whose arguments are not JSON, and treats one that was cut off within a stream as a shorter one.
 * This keeps such calls of the mesh's tools as the model wrote them, so that they are answered and none runs in part.
 * Returns the message itself if there are none.
 */
export function preserveInvalidToolCalls(handler: ToolCaller, message: AIMessage): AIMessage {
  const broken = brokenCalls(message).filter(({ name }) => handler.knows(name));
  if (broken.length === 0) return message;
  const ids = new Set(broken.map(({ id }) => id));
  const isRest = ({ id }: { id?: string | undefined }): boolean => id === undefined || !ids.has(id);
  const { content, additional_kwargs, response_metadata, usage_metadata, id, name } = message;
  return new AIMessage({
    content,
    additional_kwargs,
    response_metadata,
    tool_calls: [
      ...(message.tool_calls ?? []).filter(isRest),
      ...broken.map((call) => ({
        type: "tool_call" as const,
        id: call.id,
        name: call.name,
        args: { [TEXT]: call.text },
      })),
    ],
    invalid_tool_calls: (message.invalid_tool_calls ?? []).filter(isRest),
    ...(usage_metadata !== undefined && { usage_metadata }),
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
  });
}

/**
 * Arguments as the model wrote them: a kept text, or the value. Valid JSON is never kept as text: a model that writes it so
 * would hide arguments from checks before the call.
 */
export function asGiven(args: unknown): unknown {
  if (typeof args !== "object" || args === null || !Object.hasOwn(args, TEXT)) return args;
  const { [TEXT]: text, ...others } = args as Record<string, unknown>;
  const isKept = typeof text === "string" && !isObjectText(text);
  return isKept && Object.keys(others).length === 0 ? text : args;
}

function brokenCalls(message: AIMessage): BrokenCall[] {
  const streamed = AIMessageChunk.isInstance(message) ? (message.tool_call_chunks ?? []) : [];
  const calls = streamed.length > 0 ? streamed.filter(isBroken) : message.invalid_tool_calls;
  return (calls ?? []).flatMap(({ id, name, args }) =>
    id === undefined || name === undefined ? [] : [{ id, name, text: args ?? "" }],
  );
}

function isBroken({ args = "" }: { args?: string | undefined }): boolean {
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
