import type { ToolFailure } from "../answer/failure.ts";
import type { ToolArguments, ToolName, ToolResults } from "../tools/index.ts";

/** The tool that a name means under a prefix; never where the name is known only when the program runs. */
type ToolAt<P extends string, N extends string> = string extends P
  ? never
  : N extends `${P}${infer T extends ToolName}`
    ? T
    : never;

/** What is known about a call besides name and arguments. The handler ignores it; wrappers, such as telemetry, report it. */
export interface CallOrigin {
  /** The id that links the answer to the call in the vendor's protocol. */
  readonly id?: string | undefined;
}

type OptionalIfEmpty<A> = {} extends A
  ? [args?: A | string, origin?: CallOrigin]
  : [args: A | string, origin?: CallOrigin];

/** A tool's arguments by its name, or their JSON text; anything if the name is any string. */
export type ArgumentsFor<P extends string, N extends string> = [ToolAt<P, N>] extends [never]
  ? [args?: unknown, origin?: CallOrigin]
  : OptionalIfEmpty<ToolArguments[ToolAt<P, N>]>;

/** A tool's answer by its name. */
export type AnswerFor<P extends string, N extends string> = [ToolAt<P, N>] extends [never]
  ? ToolAnswer
  : ToolAnswer<ToolAt<P, N>>;

/** What a call returns: the tool's result or the reason why it failed, distinguished by `success`. */
export type ToolAnswer<N extends ToolName = ToolName> = ToolResults[N] | ToolFailure;
