import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import { adapterContract, PRICE_OF, type AdapterRun } from "@syntha/testing-model-server/contract";
import * as z from "zod";
import { agentTools, type AgentToolsOptions } from "../src/agents.ts";
import { clientOf } from "./support.ts";

const priceOf = tool({
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  parameters: z.object({ item: z.string() }),
  execute: PRICE_OF.run,
});

interface RunMode extends AgentToolsOptions {
  useResponses: boolean;
  stream?: boolean;
}

const run =
  ({ useResponses, stream = false, ...options }: RunMode) =>
  async ({ handler, prompt, server }: AdapterRun): Promise<string> => {
    const agent = new Agent({
      name: "Worker",
      instructions: "Share what you know.",
      model: "played",
      tools: [...agentTools(handler, options), priceOf],
    });
    const runner = new Runner({
      modelProvider: new OpenAIProvider({ openAIClient: clientOf(server), useResponses }),
      toolNotFoundBehavior: "return_error_to_model",
      tracingDisabled: true,
    });
    if (!stream) return (await runner.run(agent, prompt)).finalOutput ?? "";
    const result = await runner.run(agent, prompt, { stream: true });
    await result.completed;
    return result.finalOutput ?? "";
  };

const otherwise = {
  "answers arguments that are not JSON": /An error occurred while parsing tool arguments/,
  "answers a call of an unknown tool": /Tool 'send_email' not found/,
};

/** Runs the contract with every model API of an `Agent`, streamed or not. */
export function agentsContract(sdk = ""): void {
  const isOldest = sdk !== "";
  const responses = { useResponses: true };
  const chat = { useResponses: false };
  const register = (how: string, mode: RunMode, isVariant: boolean): void =>
    adapterContract(`agents${sdk} ${how}`, run(mode), { otherwise, isVariant });
  register("over Responses", responses, isOldest);
  register("over Responses, streamed", { ...responses, stream: true }, true);
  register("over Chat Completions", chat, true);
  register("over Chat Completions, streamed", { ...chat, stream: true }, true);
  register("without strict mode", { ...chat, strict: false }, isOldest);
}
