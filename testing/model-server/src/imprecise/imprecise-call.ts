import type { ToolName } from "@syntha/tools";

/** Arguments, or a function of the token of the caller's task. */
type Arguments = object | ((token: string) => object);

/** A call of a model that does not match the schema. */
export interface ImpreciseCall {
  readonly tool: ToolName;
  /** An object or text, or a function of the token of the caller's task. */
  readonly args: unknown;
  /** The intended arguments of an unambiguous call: it gets the answer to these. */
  readonly means?: Arguments;
  /** Arguments that the answer reports as ignored. */
  readonly ignored?: readonly string[];
  /** The answer to an ambiguous or forbidden call, which names the mistake. */
  readonly refused?: { readonly code?: string; readonly hint: string };
}

type CallOfTool = Omit<ImpreciseCall, "tool">;

export const read = (
  args: unknown,
  means: object,
  ignored: readonly string[] = [],
): CallOfTool => ({
  args,
  means,
  ignored,
});

export const refused = (args: unknown, hint: string, code = "INVALID_ARGUMENTS"): CallOfTool => ({
  args,
  refused: { code, hint },
});

/** Calls of one tool. Arguments that are not text are added to `base`. */
export function callsOf(
  tool: ToolName,
  base: Arguments,
  calls: readonly CallOfTool[],
): ImpreciseCall[] {
  const onBase = (args: unknown): Arguments =>
    typeof args !== "object"
      ? (args as Arguments)
      : typeof base === "function"
        ? (token) => ({ ...base(token), ...args })
        : { ...base, ...args };
  return calls.map(({ args, means, ...call }) => ({
    ...call,
    tool,
    args: onBase(args),
    means: onBase(means),
  }));
}
