import type { Connection } from "./connection.ts";
import type { ModelChoice } from "./model-choice.ts";
import type { ModelRun } from "./model-run.ts";

/** The way to the model; loads no framework but the one that was chosen. */
export async function openRun(
  { provider, through }: ModelChoice,
  connection: Connection,
): Promise<ModelRun> {
  if (through === "ai-sdk") return (await import("./runs/ai-sdk.ts")).aiSdk(provider, connection);
  if (provider === "anthropic") {
    if (through === "run-tools")
      return (await import("./runs/anthropic-tool-runner.ts")).anthropicToolRunner(connection);
    return (await import("./runs/anthropic-messages.ts")).anthropicMessages(connection);
  }
  switch (through) {
    case "sdk":
      return (await import("./runs/openai-chat.ts")).openaiChat(connection);
    case "responses":
      return (await import("./runs/openai-responses.ts")).openaiResponses(connection);
    case "run-tools":
      return (await import("./runs/openai-run-tools.ts")).openaiRunTools(connection);
    case "agents":
      return (await import("./runs/openai-agents.ts")).openaiAgents(connection);
    case "langchain":
      return (await import("./runs/langchain.ts")).langchain(connection);
  }
}
