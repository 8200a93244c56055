import { SynthaError } from "@syntha/core";
import { type CustomTools, parseCustomArguments } from "@syntha/tools";

/** The parts of the SDK's `RunnableToolFunction`, a tool for `runTools`, that are used. */
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

/** A tool from `zodFunction`, `zodResponsesFunction` or a similar function of the SDK, with its `function` option. */
export interface ParseableTool {
  readonly $callback: ((args: never) => unknown) | undefined;
  $parseRaw(text: string): unknown;
  readonly name?: string | undefined;
  readonly function?: { readonly name: string } | undefined;
}

/**
 * Converts your tools from the SDK's forms for the option `customTools` of {@link answerChat} and {@link answerResponse}.
 * Their functions receive only the arguments, without runner and context.
 *
 * @example
 * const prices = zodFunction({ name: "price_of", parameters: z.object({ item: z.string() }), function: priceOf });
 * await answerChat(handler, message, { customTools: customTools([prices]) });
 *
 * @throws INVALID_ARGUMENTS if a tool has no function or no name
 */
export function customTools(tools: readonly (RunnableTool | ParseableTool)[]): CustomTools {
  return Object.fromEntries(
    tools.map((tool) => {
      const { name, parse, run } = "$parseRaw" in tool ? parseableParts(tool) : runnableParts(tool);
      if (!name || run === undefined) throw incompleteTool(name);
      // The SDK's parsers accept text.
      const toArguments = (args: unknown) =>
        parseCustomArguments(() => parse(JSON.stringify(args)));
      return [name, async (args: unknown) => run((await toArguments(args)) as never)];
    }),
  );
}

interface Parts {
  readonly name: string | undefined;
  readonly parse: (text: string) => unknown;
  readonly run: ((args: never) => unknown) | undefined;
}

const parseableParts = (tool: ParseableTool): Parts => ({
  name: tool.function?.name ?? tool.name,
  parse: (text) => tool.$parseRaw(text),
  run: tool.$callback,
});

const runnableParts = ({ function: tool }: RunnableTool): Parts => ({
  name: tool.name ?? tool.function.name,
  parse: (text) => (tool.parse === undefined ? text : tool.parse(text)),
  run: tool.function as (args: never) => unknown,
});

function incompleteTool(name: string | undefined): SynthaError {
  const message = name
    ? `The tool ${JSON.stringify(name)} has no function.`
    : "A tool has no name.";
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Give each of your tools a name and a function to call.",
  });
}
