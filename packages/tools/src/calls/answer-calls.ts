import { isSynthaError, parseJson, SynthaError } from "@syntha/core";
import { checkCallback, checkOptions, checkSignal, knownOptions } from "@syntha/core/storage";
import type { ToolFailure } from "../answer/failure.ts";
import { jsonErrorHint } from "../arguments/json-error-hint.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { startCall } from "./calls-in-order.ts";
import type { CustomTools } from "./custom-tools.ts";

/** A call in a model's message. */
export interface ModelCall {
  /** The id that links the answer to the call in the vendor's protocol. */
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, or the parsed value. */
  readonly arguments: unknown;
}

/** The answer to one call, for the model. */
export interface CallAnswer {
  readonly id: string;
  readonly name: string;
  /** The result or the failure, as JSON text; a string that your own tool returned is unchanged. */
  readonly text: string;
  readonly failed: boolean;
  /** What your own tool returned, for protocols that accept more than text. */
  readonly result?: unknown;
}

export interface AnswerCallsOptions {
  /**
   * Your own tools, called when the model names them.
   * @default none
   */
  readonly customTools?: CustomTools | undefined;
  /**
   * Passed to your own tools. Ends mesh calls that wait; a mesh call that does not wait is finished, and later ones are
   * answered with ABORTED.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called with each error that your own tools throw. */
  readonly onError?: ((error: unknown, call: ModelCall) => void) | undefined;
}

const OPTIONS = knownOptions<AnswerCallsOptions>("answerCalls", {
  customTools: true,
  signal: true,
  onError: true,
});

/**
 * Answers the calls of one message: one answer for each, in the order of the calls. Mesh calls run sequentially in that
 * order; your own tools run concurrently. For frameworks that call one tool at a time, use {@link callsInOrder}.
 *
 * @example
 * const answers = await answerCalls(handler, [{ id: "1", name: "list_context", arguments: "{}" }]);
 * messages.push(...answers.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text })));
 *
 * @throws INVALID_ARGUMENTS, before any call, if one of your tools has the name of a mesh tool
 */
export async function answerCalls(
  handler: ToolCaller,
  calls: readonly ModelCall[],
  options: AnswerCallsOptions = {},
): Promise<CallAnswer[]> {
  checkOptions(options, OPTIONS);
  const { customTools = {}, signal } = options;
  checkSignal(signal);
  checkCallback("onError", options.onError);
  checkNames(handler, customTools);
  let last: Promise<CallAnswer> | undefined;
  const start = (call: ModelCall): Promise<CallAnswer> => {
    // Own properties only: a model may name `toString`.
    const run = Object.hasOwn(customTools, call.name) ? customTools[call.name] : undefined;
    if (run !== undefined) return answerCustomCall(handler, run, call, options);
    const answer = () => answerMeshCall(handler, call, signal);
    last = last === undefined ? answer() : last.then(answer);
    return last;
  };
  const [only] = calls;
  // The fast path: most messages have one call.
  if (only !== undefined && calls.length === 1) return [await start(only)];
  return Promise.all(calls.map(start));
}

async function answerMeshCall(
  handler: ToolCaller,
  call: ModelCall,
  signal: AbortSignal | undefined,
): Promise<CallAnswer> {
  const { id, name } = call;
  const answer = await startCall(handler, name, call.arguments, { id, signal });
  return toAnswer(call, JSON.stringify(answer), !answer.success);
}

async function answerCustomCall(
  handler: ToolCaller,
  run: CustomFunction,
  call: ModelCall,
  { signal, onError }: AnswerCallsOptions,
): Promise<CallAnswer> {
  try {
    const args = typeof call.arguments === "string" ? parse(call.arguments) : call.arguments;
    const result: unknown = await run(args as never, { id: call.id, name: call.name, signal });
    return { ...toAnswer(call, toText(result), false), result };
  } catch (error) {
    onError?.(error, call);
    return toAnswer(call, JSON.stringify(toCustomFailure(handler, call, error)), true);
  }
}

const toAnswer = ({ id, name }: ModelCall, text: string, failed: boolean): CallAnswer => ({
  id,
  name,
  text,
  failed,
});

/** `undefined` has no JSON. */
const toText = (result: unknown): string =>
  typeof result === "string" ? result : (JSON.stringify(result) ?? "null");

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return parseJson(text);
  } catch (cause) {
    throw new SynthaError("INVALID_ARGUMENTS", "Tool arguments are not valid JSON.", {
      hint: jsonErrorHint(text),
      cause,
    });
  }
}

function toCustomFailure(handler: ToolCaller, call: ModelCall, error: unknown): ToolFailure {
  if (isSynthaError(error)) return handler.toFailure(call.name, error);
  const hint = "Check the arguments; if they are right, continue without this tool.";
  return {
    success: false,
    code: "TOOL_FAILED",
    error: messageOf(error),
    hint,
    retry: "corrected_call",
  };
}

/** Anything may be thrown, also a value that has no message or cannot be converted. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "The tool failed without a message.";
  }
}

type CustomFunction = CustomTools[string];

function checkNames(handler: ToolCaller, customTools: CustomTools): void {
  const taken = Object.keys(customTools).find((name) => handler.knows(name));
  if (taken === undefined) return;
  const message = `Your tool ${JSON.stringify(taken)} has the name of a mesh tool.`;
  throw new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Set the handler's `prefix`, which every mesh tool's name then starts with.",
    details: { path: `customTools.${taken}` },
  });
}
