import type { PermissionsInput } from "@syntha/core";
import type { ToolHandlerOptions } from "@syntha/tools";

import { categories, type Category } from "../rules/intents.ts";

/** The topic of customers' messages. */
export const TICKETS = "tickets";
/** The topic of events about them, which only Intake reads. */
export const PROGRESS = "progress";
/** The prefix of the departments' topics. */
export const DEPARTMENT = "desk/";

/** The topic from which specialists take a category's cases. */
export const departmentOf = (category: Category) => `${DEPARTMENT}${category.toLowerCase()}`;
export const DEPARTMENTS: readonly string[] = categories.map(departmentOf);

export const INTAKE = "Intake";
export const TRIAGE = "Triage";
export const MANAGER = "Manager";
export const RETENTION = "Retention";
/** Specialists are counted from 1. */
export const specialistName = (index: number) => `Specialist-${index + 1}`;
export const isSpecialist = (name: string) => name.startsWith("Specialist-");

/** The tools of an agent, and where it may post and subscribe. */
type Post = { tools: ToolHandlerOptions; permissions: PermissionsInput };

const tasks: ToolHandlerOptions = { toolsets: ["context", "tasks"], deny: ["delete_context"] };

export const STAFF: Readonly<Record<string, Post>> = {
  [INTAKE]: {
    tools: { toolsets: ["context", "events"], deny: ["delete_context"] },
    permissions: { post: [TICKETS], subscribe: [TICKETS, PROGRESS] },
  },
  [TRIAGE]: {
    tools: tasks,
    permissions: { post: [TICKETS, PROGRESS, ...DEPARTMENTS], subscribe: [TICKETS], direct: true },
  },
  [MANAGER]: { tools: tasks, permissions: { direct: true } },
  [RETENTION]: {
    tools: { ...tasks, deny: ["push_context", "delete_context"] },
    permissions: { post: [PROGRESS], direct: true },
  },
};

export const SPECIALIST: Post = {
  tools: tasks,
  permissions: { post: [PROGRESS, ...DEPARTMENTS], subscribe: DEPARTMENTS },
};
