import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { closeDialog } from "../state/dialog.ts";

/** A dialog with fields and one action. */
export function FormDialog({
  title,
  action,
  danger = false,
  disabled = false,
  onSubmit,
  children,
}: {
  title: string;
  action: string;
  danger?: boolean;
  disabled?: boolean;
  /** @returns whether it succeeded: the dialog then closes */
  onSubmit: () => Promise<boolean>;
  children: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const isDone = await onSubmit();
    setBusy(false);
    if (isDone) closeDialog();
  };
  return (
    <Dialog title={title} onClose={closeDialog} class="form-dialog">
      <form class="form" onSubmit={(event) => void submit(event)}>
        {children}
        <footer class="form-end">
          <button type="button" class="button" onClick={closeDialog}>
            Cancel
          </button>
          <button
            type="submit"
            class={`button ${danger ? "danger" : "primary"}`}
            disabled={busy || disabled}
          >
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string | undefined;
  children: ComponentChildren;
}) {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      {children}
      {hint !== undefined && <span class="field-hint quiet">{hint}</span>}
    </label>
  );
}

/** "a, b" as names. */
export function namesIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
