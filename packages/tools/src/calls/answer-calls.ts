import { isSynthaError, parseJson, SynthaError } from "@syntha/core";
import { checkCallback, checkOptions, checkSignal, knownOptions } from "@syntha/core/storage";
import { jsonMistake } from "../arguments/json-mistake.ts";
import type { ToolFailure } from "../answer/failure.ts";
import type { ToolCaller } from "../handler/tool-caller.ts";
import { beginCall } from "./begin-call.ts";
import type { OwnTools } from "./own-tools.ts";

/** A call in a model's message. */
export interface ModelCall {
  /** By which the vendor's protocol ties the answer to the call. */
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, or the value. */
  readonly arguments: unknown;
}

/** What to tell the model of one call. */
export interface CallAnswer {
  readonly id: string;
  readonly name: string;
  /** The tool's result, or why it failed, as text. */
  readonly text: string;
  readonly failed: boolean;
  /** What a tool of your own gave, as it gave it: some protocols take more than text. */
  readonly result?: unknown;
}

export interface AnswerCallsOptions {
  /** Tools of your own, called where the model names them. */
  readonly own?: OwnTools | undefined;
  /** Handed on to your own tools. Of the mesh's calls one that has begun is finished; the rest are answered by ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what your own tools throw. */
  readonly onError?: ((error: unknown, call: ModelCall) => void) | undefined;
}

const OPTIONS = knownOptions<AnswerCallsOptions>("answerCalls", {
  own: true,
  signal: true,
  onError: true,
});

/**
 * Answers the calls of one message, each by one answer and in their order. The mesh's run one after the other, as the
 * model wrote them; your own run beside them.
 * @throws INVALID_ARGUMENTS, before anything is called, when a tool of your own has the name of one of the mesh's
 */
export async function answerCalls(
  handler: ToolCaller,
  calls: readonly ModelCall[],
  options: AnswerCallsOptions = {},
): Promise<CallAnswer[]> {
  checkOptions(options, OPTIONS);
  const { own = {}, signal } = options;
  checkSignal(signal);
  checkCallback("onError", options.onError);
  checkNames(handler, own);
  let last: Promise<CallAnswer> | undefined;
  const begin = (call: ModelCall): Promise<CallAnswer> => {
    // A model may name `toString`.
    const run = Object.hasOwn(own, call.name) ? own[call.name] : undefined;
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

/** JSON knows no "nothing". */
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

/** Anything may be thrown, also what has no words. */
function wordsOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "The tool failed without a message.";
  }
}

type OwnFunction = OwnTools[string];

function checkNames(handler: ToolCaller, own: OwnTools): void {
  const taken = Object.keys(own).find((name) => handler.knows(name));
  if (taken === undefined) return;
  const message = `Your tool ${JSON.stringify(taken)} has the name of a tool of the mesh.`;
  throw new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Give the handler a `prefix`: the names of the mesh's tools then begin with it.",
    details: { path: `own.${taken}` },
  });
}
