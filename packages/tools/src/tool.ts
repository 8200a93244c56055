import type { AgentContext, Duration } from "@syntha/core";
import type * as z from "zod";
import type { Effect, Toolset } from "./toolset.ts";

/** What a tool works with while it answers one call. */
export interface Call {
  readonly agent: AgentContext;
  readonly maxResultBytes: number;
  /** How long what is written stays when the call does not say. */
  readonly defaultTtl: Duration | undefined;
  /** The name by which the model knows a tool; undefined where it may not call it. */
  readonly publicNameOf: (tool: string) => string | undefined;
}

/** One tool, defined once: schemas, roles, validation and adapters derive from it. */
export interface Tool<
  N extends string = string,
  I extends z.ZodObject = z.ZodObject,
  R extends object = object,
> {
  readonly name: N;
  readonly toolset: Toolset;
  readonly effect: Effect;
  /** For models: short, since every request pays for it. */
  readonly description: string;
  /** Strict. Optional arguments are nullish, so that strict mode can ask for all of them. */
  readonly input: I;
  /** Right arguments, shown when a call's are not. */
  readonly example: z.input<I>;
  /** Answers a call whose arguments were checked, or throws. A call that throws has changed nothing. */
  run(call: Call, args: z.output<I>): Promise<R>;
}

/** Infers a tool's name, arguments and result. */
export function defineTool<const N extends string, I extends z.ZodObject, R extends object>(
  tool: Tool<N, I, R>,
): Tool<N, I, R> {
  return tool;
}
