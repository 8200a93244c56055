import type { StandardSchema } from "@syntha/core";

/** The parameters of a request about a task. */
export interface TaskParams {
  readonly taskId: string;
}

export const TASK_PARAMS: StandardSchema<TaskParams> = {
  "~standard": {
    version: 1,
    vendor: "syntha",
    validate(params) {
      const { taskId } = (params ?? {}) as Record<string, unknown>;
      return typeof taskId === "string"
        ? { value: { taskId } }
        : { issues: [{ message: "taskId must be text" }] };
    },
  },
};
