import type { ToolFailure } from "../answer/failure.ts";
import type { ToolArguments, ToolName, ToolResults } from "../tools/index.ts";

/** The tool that a name means under a prefix; `never` if the name is known only at run time. */
type ToolAt<P extends string, N extends string> = string extends P
  ? never
  : N extends `${P}${infer T extends ToolName}`
    ? T
    : never;

/** What belongs to a call besides name and arguments. */
export interface CallOptions {
  /** The id that links the answer to the call in the vendor's protocol. Wrappers, such as telemetry, report it. */
  readonly id?: string | undefined;
  /** Ends the waiting of a call with ABORTED, and withdraws its question. A call that does not wait is finished. */
  readonly signal?: AbortSignal | null | undefined;
}

type OptionalIfEmpty<A> = {} extends A
  ? [args?: A | string, options?: CallOptions]
  : [args: A | string, options?: CallOptions];

/** The arguments of a tool by its name, or their JSON text; anything if the name is any string. */
export type ArgumentsFor<P extends string, N extends string> = [ToolAt<P, N>] extends [never]
  ? [args?: unknown, options?: CallOptions]
  : OptionalIfEmpty<ToolArguments[ToolAt<P, N>]>;

/** The answer of a tool by its name. */
export type AnswerFor<P extends string, N extends string> = [ToolAt<P, N>] extends [never]
  ? ToolAnswer
  : ToolAnswer<ToolAt<P, N>>;

/**
 * The answer to a call: the tool's result with `success: true`, or a {@link ToolFailure} with `success: false`.
 *
 * @example
 * const answer = await handler.handleToolCall("get_context", { keys: ["inquiry"] });
 * if (answer.success) console.log(answer.context["inquiry"]);
 * else console.log(answer.code, answer.hint);
 */
export type ToolAnswer<N extends ToolName = ToolName> = ToolResults[N] | ToolFailure;
