import type { AgentContext, Duration } from "@syntha/core";
import type * as z from "zod";

/** The groups of tools that are enabled together. */
export const TOOLSETS = ["context", "tasks", "events", "live", "admin"] as const;

export type Toolset = (typeof TOOLSETS)[number];

/** What a call can do to the mesh. Approval options of the adapters name effects. */
export type Effect = "read" | "write" | "destroy";

/** Arguments by name, before or after validation. */
export type ArgumentRecord = Readonly<Record<string, unknown>>;

/** What a tool uses to answer a call; one per handler. */
export interface ToolContext {
  readonly agent: AgentContext;
  readonly maxResultBytes: number;
  /** Time to live of what a call writes without a time to live. */
  readonly defaultTtl: Duration | undefined;
  /** The longest time for which a call waits. */
  readonly maxWaitMs: number;
  /** The name under which the model knows a tool; undefined if the model may not call it. */
  readonly publicNameOf: (tool: string) => string | undefined;
}

/** One tool. Schemas, roles, validation and adapters derive from it. */
export interface Tool<
  N extends string = string,
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodObject = z.ZodObject,
  R extends z.output<O> = z.output<O>,
> {
  readonly name: N;
  readonly toolset: Toolset;
  readonly effect: Effect;
  /** For models. Short, because every request pays for it. */
  readonly description: string;
  /** Strict. Optional arguments are nullish, so that strict mode can require all of them. */
  readonly input: I;
  /**
   * What `run` returns, for the output schema. Never used to validate a result: the tests do that. The type of a result is
   * that of `run`, which can be narrower: a union, for example.
   */
  readonly output: O;
  /** Valid arguments. */
  readonly example: z.input<I>;
  /**
   * Answers a call with validated arguments, or throws. A call that throws has changed nothing.
   *
   * @param signal ends a call that waits
   */
  run(context: ToolContext, args: z.output<I>, signal?: AbortSignal): Promise<R>;
}

/** Infers a tool's name, arguments and result, and checks that the result is what `output` says. */
export function defineTool<
  const N extends string,
  I extends z.ZodObject,
  O extends z.ZodObject,
  R extends z.output<O>,
>(tool: Tool<N, I, O, R>): Tool<N, I, O, R> {
  return tool;
}
