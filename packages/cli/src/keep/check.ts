/** A check of `syntha doctor`. */
export interface Check {
  /** A stable name. */
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  /** What was found. It may have names from the mesh. */
  readonly title: string;
  /** What to do next, a line each. */
  readonly advice?: readonly string[] | undefined;
}

const MOST = 5;

/** The first of many names, such as `"a", "b" and 3 more`. */
export function namesText(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST)
    .map((name) => `"${name}"`)
    .join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
