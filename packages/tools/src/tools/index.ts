import type * as z from "zod";
import type { Tool } from "../tool.ts";
import { askAgent } from "./ask-agent.ts";
import { claimTask } from "./claim-task.ts";
import { deleteContext } from "./delete-context.ts";
import { deleteTopic } from "./delete-topic.ts";
import { discoverAgents } from "./discover-agents.ts";
import { discoverTopics } from "./discover-topics.ts";
import { editContext } from "./edit-context.ts";
import { getContext } from "./get-context.ts";
import { completeTask, extendTask, handOffTask, releaseTask, retryTask } from "./leased-task.ts";
import { listContext } from "./list-context.ts";
import { manageSubscriptions } from "./manage-subscriptions.ts";
import { publishEvent } from "./publish-event.ts";
import { pushContext } from "./push-context.ts";
import { readEvents } from "./read-events.ts";
import { subscribeToTopics, unsubscribeFromTopics } from "./subscriptions.ts";
import { waitForChanges } from "./wait-for-changes.ts";

/** By name, in the order in which models see them. */
const TOOLS = {
  list_context: listContext,
  get_context: getContext,
  push_context: pushContext,
  edit_context: editContext,
  delete_context: deleteContext,
  subscribe_to_topics: subscribeToTopics,
  unsubscribe_from_topics: unsubscribeFromTopics,
  discover_topics: discoverTopics,
  discover_agents: discoverAgents,
  claim_task: claimTask,
  extend_task: extendTask,
  complete_task: completeTask,
  hand_off_task: handOffTask,
  release_task: releaseTask,
  retry_task: retryTask,
  publish_event: publishEvent,
  read_events: readEvents,
  wait_for_changes: waitForChanges,
  ask_agent: askAgent,
  delete_topic: deleteTopic,
  manage_subscriptions: manageSubscriptions,
} as const;

export type ToolName = keyof typeof TOOLS;

/** The names of all tools, without prefix. */
export const TOOL_NAMES = Object.keys(TOOLS) as readonly ToolName[];

/** The arguments of each tool, by its name. */
export type ToolArguments = { [N in ToolName]: z.input<(typeof TOOLS)[N]["input"]> };

/** The result of each tool, by its name. */
export type ToolResults = {
  [N in ToolName]: {
    success: true;
    /** Names of arguments that the tool does not use. */
    ignored_arguments?: readonly string[];
  } & Awaited<ReturnType<(typeof TOOLS)[N]["run"]>>;
};

/** The result of each tool, as its schema says. */
export type ToolOutputs = { [N in ToolName]: z.output<(typeof TOOLS)[N]["output"]> };

export function toolOf(name: ToolName): Tool {
  return TOOLS[name] as unknown as Tool;
}

export function isToolName(name: unknown): name is ToolName {
  return typeof name === "string" && Object.hasOwn(TOOLS, name);
}
