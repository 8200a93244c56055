import type { ToolCaller } from "@syntha/tools";

import type { Connection, Way } from "./model-choice.ts";

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
  if (way === "ai-sdk") return (await import("./runs/ai-sdk.ts")).aiSdk;
  if (way === "agents") return (await import("./runs/openai-agents.ts")).openaiAgents;
  if (way === "langchain") return (await import("./runs/langchain.ts")).langchain;
  if (provider === "openai") return (await import("./runs/openai.ts")).openaiRuns[way];
  const { anthropicMessages, anthropicToolRunner } = await import("./runs/anthropic.ts");
  return way === "run-tools" ? anthropicToolRunner : anthropicMessages;
}

/** Asks and answers calls in turns. Each turn returns the model's text, and whether it called anything. */
export async function takeTurns(
  { isOver, maxTurns }: ModelTask,
  turn: () => Promise<{ text: string; hasCalls: boolean }>,
): Promise<string> {
  let last = { text: "", hasCalls: true };
  for (let turns = 0; turns < maxTurns && last.hasCalls && !isOver(); turns++) last = await turn();
  return last.text;
}
