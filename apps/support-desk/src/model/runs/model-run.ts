import type { ToolCaller } from "@syntha/tools";
import type { Connection, Way } from "../model-choice.ts";

/** What a model receives for one decision. `handler` has all its tools, with the one that hands in the decision. */
export type ModelTask = {
  connection: Connection;
  system: string;
  prompt: string;
  handler: ToolCaller;
  /** Whether nothing more is to be asked. */
  isOver: () => boolean;
  /** Messages that the model may answer. */
  maxTurns: number;
  signal: AbortSignal;
  /** For the requests of the SDK. */
  fetch: typeof globalThis.fetch;
};

/** Lets a model work until it has decided or stops. Returns its last text. */
export type ModelRun = (task: ModelTask) => Promise<string>;

/** Loads only the chosen framework. */
export async function openRun({ provider }: Connection, way: Way): Promise<ModelRun> {
  if (way === "agents") return (await import("./openai-agents.ts")).openaiAgents;
  if (way === "langchain") return (await import("./langchain.ts")).langchain;
  if (way === "ai-sdk") return (await import("./ai-sdk.ts")).aiSdk;
  if (provider === "openai") return (await import("./openai.ts")).openaiChat;
  return (await import("./anthropic.ts")).anthropicMessages;
}
