import { type Category, intents } from "../rules/intents.ts";

/** Customers' messages, as they come. */
export const TICKETS = "tickets";

/** What happened to them; only Intake listens. */
export const PROGRESS = "progress";

/** In front of every department's topic. */
export const DEPARTMENTS = "desk/";

const categories: readonly Category[] = [
  ...new Set(Object.values(intents).map(({ category }) => category)),
];

/** The topic from which specialists take a category's work. */
export function departmentOf(category: Category): string {
  return `${DEPARTMENTS}${category.toLowerCase()}`;
}

export const departments: readonly string[] = categories.map(departmentOf);
