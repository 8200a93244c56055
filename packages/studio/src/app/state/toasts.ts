import { signal } from "@preact/signals";
import { RequestError } from "./request.ts";

export interface Toast {
  readonly id: number;
  readonly kind: "done" | "failed";
  readonly text: string;
  readonly hint: string;
}

export const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

function show(kind: Toast["kind"], text: string, hint = ""): void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(-3), { id, kind, text, hint }];
  setTimeout(() => dismiss(id), kind === "done" ? 4000 : 12_000);
}

/** Runs an action of the person and shows how it ended. @returns whether it succeeded */
export async function perform<T>(
  action: Promise<T>,
  describe: (answer: T) => string,
): Promise<boolean> {
  try {
    show("done", describe(await action));
    return true;
  } catch (error) {
    const { message, hint } =
      error instanceof RequestError ? error : { message: String(error), hint: "" };
    show("failed", message, hint);
    return false;
  }
}
