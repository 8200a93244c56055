import type { PermissionsInput } from "@syntha/core";
import type { ToolHandlerOptions } from "@syntha/tools";

import { departments, PROGRESS, TICKETS } from "./topics.ts";

/** What an agent may do: which tools it has, and where it may post and listen. */
export type Post = { tools: ToolHandlerOptions; permissions: PermissionsInput };

export const INTAKE = "Intake";
export const TRIAGE = "Triage";
export const MANAGER = "Manager";
export const RETENTION = "Retention";
/** In front of every specialist's number. */
const SPECIALIST = "Specialist-";

export const staff: Readonly<Record<string, Post>> = {
  [INTAKE]: {
    tools: { toolsets: ["context", "events"], deny: ["delete_context"] },
    permissions: { post: [TICKETS], subscribe: [TICKETS, PROGRESS] },
  },
  [TRIAGE]: {
    tools: { toolsets: ["context", "tasks"], deny: ["delete_context"] },
    permissions: { post: [TICKETS, PROGRESS, ...departments], subscribe: [TICKETS], direct: true },
  },
  [MANAGER]: {
    tools: { role: ["get_context", "list_context", "push_context"] },
    permissions: { direct: true },
  },
  [RETENTION]: {
    tools: { toolsets: ["context", "tasks"], deny: ["push_context", "delete_context"] },
    permissions: { post: [PROGRESS], direct: true },
  },
};

export const specialist: Post = {
  tools: { toolsets: ["context", "tasks"], deny: ["delete_context"] },
  permissions: { post: [PROGRESS, ...departments], subscribe: departments },
};

/** They are counted from 1. */
export function specialistName(index: number): string {
  return `${SPECIALIST}${index + 1}`;
}

export function isSpecialist(name: string): boolean {
  return name.startsWith(SPECIALIST);
}
