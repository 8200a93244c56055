import { SynthaError } from "@syntha/core";
import type { z } from "zod";

/** @throws INVALID_ARGUMENTS with the first thing that is wrong */
export function checkInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const [issue] = error.issues;
  const path = issue?.path.join(".") ?? "";
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `${path === "" ? "" : `\`${path}\`: `}${issue?.message ?? ""}`,
    {
      hint: "docs/studio.md lists the requests and their parameters.",
      details: { path },
    },
  );
}

/** The query of a URL, without empty parameters; of one that is given twice, the last. */
export function queryOf({ searchParams }: URL): Readonly<Record<string, string>> {
  return Object.fromEntries([...searchParams].filter(([, value]) => value !== ""));
}
