const DATE =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A date in ISO 8601. `Date` alone also takes "90" for a year, and moves a 31st of February into March. */
export function parseIsoDate(text: unknown): Date | undefined {
  const day = typeof text === "string" ? DATE.exec(text)?.groups?.["day"] : undefined;
  const date = new Date(text as string);
  if (day === undefined || Number.isNaN(date.getTime())) return undefined;
  return new Date(day).toISOString().startsWith(day) ? date : undefined;
}
