import { ContextMesh } from "@syntha/core";
import { type CallAnswer, answerCalls, ToolHandler } from "@syntha/tools";
import { zodFunction, zodResponsesFunction } from "openai/helpers/zod";
import type { RunnableToolFunction } from "openai/lib/RunnableFunction";
import { expect, it } from "vitest";
import * as z from "zod";
import { customTools, type ParseableTool, type RunnableTool } from "../src/index.ts";

const Add = z.object({ a: z.number(), b: z.number().default(1) });
const add = ({ a, b }: z.output<typeof Add>) => a + b;

const withParse: RunnableToolFunction<{ a: number; b: number }> = {
  type: "function",
  function: {
    name: "add",
    description: "Adds.",
    parameters: { type: "object" },
    parse: (text) => Add.parse(JSON.parse(text)),
    function: add,
  },
};

const withoutParse: RunnableToolFunction<string> = {
  type: "function",
  function: {
    description: "Adds.",
    parameters: { type: "object" },
    function: function add(text: string) {
      return Number(JSON.parse(text).a) + Number(JSON.parse(text).b ?? 1);
    },
  },
};

async function call(tool: RunnableTool | ParseableTool, args: unknown): Promise<CallAnswer> {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const calls = [{ id: "1", name: "add", arguments: args }];
  const [answer] = await answerCalls(handler, calls, { customTools: customTools([tool]) });
  if (answer === undefined) throw new Error("No answer.");
  return answer;
}

const forms: [string, RunnableTool | ParseableTool][] = [
  ["a runnable tool that parses", withParse],
  ["a runnable tool that accepts text", withoutParse],
  ["a zodFunction", zodFunction({ name: "add", parameters: Add, function: add })],
  ["a zodResponsesFunction", zodResponsesFunction({ name: "add", parameters: Add, function: add })],
];

it.for(forms)("calls %s with the arguments of the model", async ([, tool]) => {
  expect(await call(tool, '{"a":1,"b":2}')).toMatchObject({ text: "3", failed: false });
  expect(await call(tool, '{"a":1}')).toMatchObject({ text: "2", failed: false });
});

it.for(forms.filter(([, tool]) => tool !== withoutParse))(
  "answers arguments that do not fit the schema of %s",
  async ([, tool]) => {
    const { text, failed } = await call(tool, '{"a":"one"}');
    expect(failed).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      code: "INVALID_ARGUMENTS",
      error: expect.stringContaining("expected number"),
    });
    expect(JSON.parse((await call(tool, '{"a":')).text)).toMatchObject({
      code: "INVALID_ARGUMENTS",
    });
  },
);

it("answers with the error of a function", async () => {
  const failing = zodFunction({
    name: "add",
    parameters: Add,
    function: () => {
      throw new Error("Out of numbers.");
    },
  });
  expect(JSON.parse((await call(failing, '{"a":1}')).text)).toMatchObject({
    code: "TOOL_FAILED",
    error: "Out of numbers.",
  });
});

it("refuses a tool without function or name", () => {
  const declared = zodFunction({ name: "add", parameters: Add });
  expect(() => customTools([declared])).toThrow(/"add" has no function/);
  const nameless = { ...withoutParse, function: { ...withoutParse.function, function: () => 1 } };
  nameless.function.function = ((f) => f)(() => 1);
  expect(() => customTools([nameless])).toThrow(/no name/);
});
