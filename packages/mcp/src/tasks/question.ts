import type { InputRequest } from "@modelcontextprotocol/server";
import { inputRequired } from "@modelcontextprotocol/server";
import type { ItemHeader } from "@syntha/core";

/** How the reason of a released task starts if it is a question to the agent that delegated it. */
const PREFIX = /^question:\s*/i;

/** A question of an agent that worked on a task. */
export interface TaskQuestion {
  /** Another one for each question, so that an answer is never taken for that to another. */
  readonly id: string;
  readonly text: string;
  /** The agent that asks. */
  readonly agent: string | undefined;
}

/** The question for which a task was released; undefined if it is claimed again, or was released for another reason. */
export function questionOf({ state, lastFailure }: ItemHeader): TaskQuestion | undefined {
  if (state !== "open" || lastFailure === undefined) return undefined;
  const { message, agent, at, attempt } = lastFailure;
  if (!PREFIX.test(message)) return undefined;
  return { id: `question-${attempt}-${at.getTime()}`, text: message.replace(PREFIX, ""), agent };
}

/** The form that asks a user for the answer. The question is quoted: it is text of another agent. */
export function toInputRequest({ text, agent }: TaskQuestion): InputRequest {
  const asker = agent === undefined ? "The system" : JSON.stringify(agent);
  return inputRequired.elicit({
    message: `${asker} asks about its task: ${JSON.stringify(text)}`,
    requestedSchema: {
      type: "object",
      properties: { answer: { type: "string", title: "Answer" } },
      required: ["answer"],
    },
  });
}
