import type { Prompt } from "@modelcontextprotocol/server";
import type { AgentServer } from "../agent/agent-server.ts";

/** The arguments of a prompt: always text. */
export type PromptArguments = Readonly<Record<string, string | undefined>>;

/** The text of a prompt, and what programs may read beside it. */
interface PromptText {
  readonly text: string;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** A prompt that a client offers to its user. */
export interface ServedPrompt {
  readonly definition: Prompt;
  /** @throws INVALID_ARGUMENTS for arguments that can't be used */
  readonly render: (server: AgentServer, args: PromptArguments) => Promise<PromptText>;
}
