import { isSynthaError, parseJson, SynthaError } from "@syntha/core";
import { checkCallback, checkOptions, checkSignal, knownOptions } from "@syntha/core/storage";
import { jsonMistake } from "../arguments/json-mistake.ts";
import type { ToolFailure } from "../answer/failure.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { beginCall } from "./begin-call.ts";
import type { CustomTools } from "./custom-tools.ts";

/** A call in a model's message. */
export interface ModelCall {
  /** The id that links the answer to the call in the vendor's protocol. */
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, or the value. */
  readonly arguments: unknown;
}

/** The answer to one call, for the model. */
export interface CallAnswer {
  readonly id: string;
  readonly name: string;
  /** The tool's result, or why it failed, as text. */
  readonly text: string;
  readonly failed: boolean;
  /** What your own tool returned, unchanged: some protocols accept more than text. */
  readonly result?: unknown;
}

export interface AnswerCallsOptions {
  /** Your own tools, called when the model names them. */
  readonly customTools?: CustomTools | undefined;
  /** Passed to your own tools. A call of the mesh that has started is finished; the rest are answered with ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Called with what your own tools throw. */
  readonly onError?: ((error: unknown, call: ModelCall) => void) | undefined;
}

const OPTIONS = knownOptions<AnswerCallsOptions>("answerCalls", {
  customTools: true,
  signal: true,
  onError: true,
});

/**
 * Answers the calls of one message: one answer for each, in the order of the calls. The mesh's calls run one after the
 * other, in the order written; your own tools run concurrently.
 * @throws INVALID_ARGUMENTS, before anything is called, if one of your tools has the name of a mesh tool
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
  const begin = (call: ModelCall): Promise<CallAnswer> => {
    // A model may name `toString`.
    const run = Object.hasOwn(customTools, call.name) ? customTools[call.name] : undefined;
    if (run !== undefined) return answerOwn(handler, run, call, options);
    const answer = () => answerOurs(handler, call, signal);
    last = last === undefined ? answer() : last.then(answer);
    return last;
  };
  const [only] = calls;
  // Most messages call once.
  if (only !== undefined && calls.length === 1) return [await begin(only)];
  return Promise.all(calls.map(begin));
}

async function answerOurs(
  handler: ToolCaller,
  call: ModelCall,
  signal: AbortSignal | undefined,
): Promise<CallAnswer> {
  const { id, name } = call;
  const answer = await beginCall(handler, name, call.arguments, { id, signal });
  return toAnswer(call, JSON.stringify(answer), !answer.success);
}

async function answerOwn(
  handler: ToolCaller,
  run: OwnFunction,
  call: ModelCall,
  { signal, onError }: AnswerCallsOptions,
): Promise<CallAnswer> {
  try {
    const args = typeof call.arguments === "string" ? parse(call.arguments) : call.arguments;
    const result: unknown = await run(args as never, { id: call.id, name: call.name, signal });
    return { ...toAnswer(call, toText(result), false), result };
  } catch (error) {
    onError?.(error, call);
    return toAnswer(call, JSON.stringify(toOwnFailure(handler, call, error)), true);
  }
}

const toAnswer = ({ id, name }: ModelCall, text: string, failed: boolean): CallAnswer => ({
  id,
  name,
  text,
  failed,
});

/** JSON has no undefined. */
const toText = (result: unknown): string =>
  typeof result === "string" ? result : (JSON.stringify(result) ?? "null");

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return parseJson(text);
  } catch (cause) {
    throw new SynthaError("INVALID_ARGUMENTS", "Tool arguments are not valid JSON.", {
      hint: jsonMistake(text),
      cause,
    });
  }
}

function toOwnFailure(handler: ToolCaller, call: ModelCall, error: unknown): ToolFailure {
  if (isSynthaError(error)) return handler.toFailure(call.name, error);
  const hint = "Check the arguments; if they are right, continue without this tool.";
  return {
    success: false,
    code: "TOOL_FAILED",
    error: wordsOf(error),
    hint,
    retry: "corrected_call",
  };
}

/** Anything may be thrown, even a value without a message. */
function wordsOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "The tool failed without a message.";
  }
}

type OwnFunction = CustomTools[string];

function checkNames(handler: ToolCaller, own: CustomTools): void {
  const taken = Object.keys(own).find((name) => handler.knows(name));
  if (taken === undefined) return;
  const message = `Your tool ${JSON.stringify(taken)} has the name of a tool of the mesh.`;
  throw new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Give the handler a `prefix`: the names of the mesh's tools then begin with it.",
    details: { path: `own.${taken}` },
  });
}
