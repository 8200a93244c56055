import type { ChatCompletionRequest, ChatMessage } from "@copilotkit/aimock";

/** A tool of a request. */
export interface OfferedTool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

/** A tool call in the conversation, with its result. */
export interface AnsweredCall {
  name: string;
  arguments: string;
  /** Text of the tool's result; undefined before the result. */
  result: string | undefined;
}

/** A request, independent of the vendor's protocol. */
export class Conversation {
  readonly model: string;
  /** The system messages. */
  readonly system: string;
  /** The user messages, in order. */
  readonly said: readonly string[];
  readonly tools: ReadonlyMap<string, OfferedTool>;
  /** Calls since the last user message, a list for each turn of the model. */
  readonly turns: readonly (readonly AnsweredCall[])[];

  /** @throws Error if a vendor would refuse the request: a call without a result, or a result without a call */
  constructor(request: ChatCompletionRequest) {
    const { messages } = request;
    const textsOf = (role: ChatMessage["role"]) =>
      messages.filter((message) => message.role === role).map(textOf);
    this.model = request.model;
    this.system = textsOf("system").join("\n");
    this.said = textsOf("user");
    this.tools = new Map(
      (request.tools ?? []).map(({ function: tool }) => [
        tool.name,
        {
          name: tool.name,
          description: tool.description ?? "",
          parameters: (tool.parameters ?? {}) as Record<string, unknown>,
        },
      ]),
    );
    checkPairs(messages);
    const last = messages.findLastIndex(({ role }) => role === "user");
    this.turns = turnsOf(messages.slice(last + 1));
  }

  /** Results since the last user message, in the order of the calls. */
  get results(): readonly string[] {
    return this.turns.flat().map(({ result }) => result ?? "");
  }

  /** The last user message. */
  get asked(): string {
    return this.said.at(-1) ?? "";
  }
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("");
}

function checkPairs(messages: readonly ChatMessage[]): void {
  const open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      if (!open.delete(id)) throw new Error(`The result of ${id} answers no pending call.`);
      continue;
    }
    // Several calls may be in one message or in several.
    if (message.tool_calls === undefined && open.size > 0)
      throw new Error(`Calls without a result: ${[...open].join(", ")}.`);
    for (const { id } of message.tool_calls ?? []) open.add(id);
  }
  if (open.size > 0) throw new Error(`Calls without a result: ${[...open].join(", ")}.`);
}

/** Consecutive messages with calls, without results between them, are one turn. */
function turnsOf(messages: readonly ChatMessage[]): AnsweredCall[][] {
  const turns: AnsweredCall[][] = [];
  const byId = new Map<string, AnsweredCall>();
  let isOpen = false;
  for (const message of messages) {
    if (message.role === "tool") {
      const call = byId.get(message.tool_call_id ?? "");
      if (call !== undefined) call.result = textOf(message);
      isOpen = false;
    }
    for (const { id, function: called } of message.tool_calls ?? []) {
      const call = { name: called.name, arguments: called.arguments, result: undefined };
      byId.set(id, call);
      if (isOpen) turns.at(-1)?.push(call);
      else turns.push([call]);
      isOpen = true;
    }
  }
  return turns;
}
