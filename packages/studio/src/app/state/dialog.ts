import { signal } from "@preact/signals";

/** The modal dialog that is open. */
export type OpenDialog =
  | { readonly kind: "palette" }
  | { readonly kind: "keys" }
  | { readonly kind: "push"; readonly key?: string; readonly value?: unknown }
  | { readonly kind: "say"; readonly agent: string }
  | { readonly kind: "subscribe"; readonly agent: string; readonly topic?: string }
  | { readonly kind: "permissions"; readonly agent: string }
  | { readonly kind: "release"; readonly key: string; readonly agent: string | undefined }
  | { readonly kind: "delete"; readonly key: string };

export const dialog = signal<OpenDialog | undefined>(undefined);

export function closeDialog(): void {
  dialog.value = undefined;
}

export function showPalette(): void {
  dialog.value = { kind: "palette" };
}

export function showKeys(): void {
  dialog.value = { kind: "keys" };
}
