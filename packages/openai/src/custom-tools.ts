import { SynthaError } from "@syntha/core";
import { type CustomTools, parseCustomArguments } from "@syntha/tools";

/** The SDK's tool for `runTools`: `RunnableToolFunction`. */
export interface RunnableTool {
  readonly type: "function";
  readonly function: {
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly parameters?: unknown;
    readonly strict?: boolean | undefined;
    readonly function: (args: never, runner: never, context: never) => unknown;
    readonly parse?: ((text: string) => unknown) | undefined;
  };
}

/** What the SDK's `zodFunction`, `zodResponsesFunction` and similar helpers return, with a `function`. */
export interface ParseableTool {
  readonly $callback: ((args: never) => unknown) | undefined;
  $parseRaw(text: string): unknown;
  readonly name?: string | undefined;
  readonly function?: { readonly name: string } | undefined;
}

/**
 * Your tools in the SDK's forms, for `own` of `answerChat` and `answerResponse`. Their functions are called with the
 * arguments only, without runner and context.
 * @throws INVALID_ARGUMENTS if a tool has no function or no name
 */
export function customTools(tools: readonly (RunnableTool | ParseableTool)[]): CustomTools {
  return Object.fromEntries(
    tools.map((tool) => {
      const { name, parse, run } = "$parseRaw" in tool ? ofParseable(tool) : ofRunnable(tool);
      if (!name || run === undefined) throw unusable(name);
      // The SDK's parsers read text.
      const read = (args: unknown) => parseCustomArguments(() => parse(JSON.stringify(args)));
      return [name, async (args: unknown) => run((await read(args)) as never)];
    }),
  );
}

interface Parts {
  readonly name: string | undefined;
  readonly parse: (text: string) => unknown;
  readonly run: ((args: never) => unknown) | undefined;
}

const ofParseable = (tool: ParseableTool): Parts => ({
  name: tool.function?.name ?? tool.name,
  parse: (text) => tool.$parseRaw(text),
  run: tool.$callback,
});

const ofRunnable = ({ function: tool }: RunnableTool): Parts => ({
  name: tool.name ?? tool.function.name,
  parse: (text) => (tool.parse === undefined ? text : tool.parse(text)),
  run: tool.function as (args: never) => unknown,
});

function unusable(name: string | undefined): SynthaError {
  const message = name
    ? `The tool ${JSON.stringify(name)} has no function.`
    : "A tool has no name.";
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Give each of your tools a name and a function to call.",
  });
}
