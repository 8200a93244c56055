import { isSynthaError } from "@syntha/core";
import { z } from "zod";
import { act } from "./act.ts";
import type { Action, ActionScope } from "./action.ts";
import { body } from "./body-parts.ts";

/** Tasks that one call retries. */
const MAX_RETRIED = 100;

export const retry: Action<"api/retry"> = {
  body: z.strictObject({ ...body.TENANT, key: body.text }),
  answer: (scope, { key }) => retryTask(scope, key),
};

export const retryAll: Action<"api/retry-all"> = {
  body: z.strictObject(body.TENANT),
  async answer(scope) {
    const { system } = scope.mesh;
    const filter = { state: "failed", values: false, limit: MAX_RETRIED } as const;
    const { items, nextPage } = await system.list(filter);
    const retried: string[] = [];
    const failed: { key: string; error: string }[] = [];
    for (const { key } of items) {
      try {
        await retryTask(scope, key);
        retried.push(key);
      } catch (error) {
        if (!isSynthaError(error)) throw error;
        failed.push({ key, error: error.message });
      }
    }
    return { retried, failed, more: nextPage !== undefined, actor: scope.person };
  },
};

function retryTask(
  scope: ActionScope,
  key: string,
): Promise<{ readonly revision: number; readonly actor: string }> {
  return act(scope, { action: "retry", about: { key }, run: (actor) => actor.retry(key) });
}
