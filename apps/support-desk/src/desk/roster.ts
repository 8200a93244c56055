import type { PermissionsInput } from "@syntha/core";
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
/** They share all departments from the start. */
export const FOUNDERS: readonly string[] = ["Specialist-1", "Specialist-2"];
/** They join while work goes on. */
export const LATE_JOINERS: readonly string[] = ["Specialist-3", "Specialist-4"];
export const SPECIALISTS = [...FOUNDERS, ...LATE_JOINERS];
export const isSpecialist = (name: string) => SPECIALISTS.includes(name);

/** Where each agent may post and subscribe. `direct`: whether it may send items to agents by name. */
const specialist = { post: [PROGRESS, ...DEPARTMENTS], subscribe: DEPARTMENTS };
export const STAFF: Readonly<Record<string, PermissionsInput>> = {
  [INTAKE]: { post: [TICKETS], subscribe: [TICKETS, PROGRESS] },
  [TRIAGE]: { post: [TICKETS, PROGRESS, ...DEPARTMENTS], subscribe: [TICKETS], direct: true },
  [MANAGER]: { direct: true },
  [RETENTION]: { post: [PROGRESS], direct: true },
  ...Object.fromEntries(SPECIALISTS.map((name) => [name, specialist])),
};
