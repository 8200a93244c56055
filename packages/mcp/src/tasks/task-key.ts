import type { AgentContext } from "@syntha/core";

/** The key of a new delegated task, which is also the task's id. It names the agent that delegates. */
export function newTaskKey(agent: AgentContext): string {
  return `${prefixOf(agent)}${crypto.randomUUID()}`;
}

/** Whether this agent may have delegated the task. Other agents' tasks are not read, even if it sees their items. */
export function isTaskKeyOf(agent: AgentContext, key: string): boolean {
  return key.startsWith(prefixOf(agent));
}

/** In ASCII: ids are also headers of HTTP. */
function prefixOf({ name }: AgentContext): string {
  return `task:${encodeURIComponent(name)}/`;
}
