import type Anthropic from "@anthropic-ai/sdk";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { aiTools } from "@syntha/ai-sdk";
import { answerMessage } from "@syntha/anthropic";
import { ContextMesh } from "@syntha/core";
import { langchainTools } from "@syntha/langchain";
import { answerChat, answerResponse, runnableTools } from "@syntha/openai";
import { ToolHandler } from "@syntha/tools";
import type { ResponseFunctionToolCall } from "openai/resources/responses/responses";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const HELD = 1_000;
const WITHIN = 1.2;

/** What a framework's adapter adds to a call in memory, where nothing hides it. */
export const adapters: Chapter = {
  title: "Adapters, in memory",
  async *figures(): AsyncGenerator<Figure> {
    const mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
    const handler = new ToolHandler(mesh.agent("Writer"));
    for (let i = 0; i < HELD; i++)
      await mesh.agent("Writer").push(sampleKey(i), sample(i), { global: true });

    const reads = (call: (args: object, id: string) => Promise<unknown>) =>
      repeat((i) =>
        call({ keys: [sampleKey((i * 31) % HELD)], prefix: null, page: null }, `call_${i}`),
      );
    const name = "get_context";
    /** As a model's message has to be answered at the least: arguments are text, and so is the answer. */
    const alone = reads(async (args) =>
      JSON.stringify(await handler.handleToolCall(name as string, JSON.stringify(args))),
    );
    const baseline = "the handler alone, from JSON text to JSON text";
    const often = { baseline, against: alone, times: 20_000, rounds: 15, within: WITHIN };

    yield {
      name: "answerChat",
      ...often,
      ours: reads((args, id) =>
        answerChat(handler, {
          role: "assistant",
          tool_calls: [
            { id, type: "function", function: { name, arguments: JSON.stringify(args) } },
          ],
        }),
      ),
    };
    yield {
      name: "answerResponse",
      ...often,
      ours: reads((args, call_id) => {
        const call: ResponseFunctionToolCall = {
          type: "function_call",
          call_id,
          name,
          arguments: JSON.stringify(args),
        };
        return answerResponse(handler, [call]);
      }),
    };
    const runner = { controller: new AbortController() };
    const runnable = runnableTools(handler).find(({ function: { name: each } }) => each === name);
    yield {
      name: "runTools of OpenAI's SDK",
      ...often,
      ours: reads((args) =>
        Promise.resolve(
          runnable?.function.function(JSON.stringify(args), runner as never, {} as never),
        ),
      ),
    };
    yield {
      name: "answerMessage of Anthropic's",
      ...often,
      ours: reads((input, id) => {
        const content = [{ type: "tool_use", id, name, input }] as Anthropic.ContentBlock[];
        return answerMessage(handler, { content, stop_reason: "tool_use" });
      }),
      baseline: "the handler alone, from a value to JSON text",
      against: reads(async (args) =>
        JSON.stringify(await handler.handleToolCall(name as string, args)),
      ),
    };
    const aiTool = aiTools(handler)[name];
    yield {
      name: "tools of the AI SDK",
      ...often,
      ours: reads((args, toolCallId) =>
        Promise.resolve(aiTool?.execute?.(args, { toolCallId, messages: [] } as never)),
      ),
      baseline: "the handler alone, from a value to a value",
      against: reads((args) => handler.handleToolCall(name as string, args)),
    };
    const ours = langchainTools(handler).find((each) => each.name === name);
    const bare = new DynamicStructuredTool({
      name,
      description: "",
      schema: {},
      func: async (args: object) =>
        JSON.stringify(await handler.handleToolCall(name as string, args)),
    });
    const asCall = (args: object, id: string) =>
      ({ type: "tool_call", id, name, args: args as Record<string, unknown> }) as const;
    yield {
      name: "tools of LangChain",
      ...often,
      times: 2_000,
      ours: reads(async (args, id) => ours?.invoke(asCall(args, id))),
      baseline: "the handler in a bare tool of LangChain's",
      against: reads((args, id) => bare.invoke(asCall(args, id))),
    };
    await mesh.close();
  },
};
