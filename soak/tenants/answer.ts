import { isSynthaError } from "@syntha/core";

/**
 * What was answered, as text in which nothing is left that is random in each tenant; `foreign` is the
 * epoch that nobody else's may be.
 */
export function spellAnswer(answer: unknown, epoch: string, foreign: string): string {
  const plain = (text: string): string => {
    const placed = text.replace(
      /^c1\.[0-9a-z]*\.([0-9a-z]+)\.(~?[0-9a-z]*)\.[0-9a-z]+/,
      "c1.<epoch>.$1.$2.<mark>",
    );
    if (epoch === "") return placed;
    // A token ends with the id of its lease.
    return placed
      .replace(new RegExp(`-${epoch}-[0-9a-z]+$`), "-<lease>")
      .replaceAll(epoch, "<epoch>");
  };
  const text = JSON.stringify(answer, (name, value: unknown) => {
    if (isSynthaError(value)) return { code: value.code, said: value.message, more: value.details };
    if (name === "epoch" && value !== foreign) return "<epoch>";
    if (typeof value === "string") return plain(value);
    return /^(.*commitId|leaseId|fingerprint)$/i.test(name) && typeof value === "number"
      ? "<mark>"
      : value;
  });
  return text ?? "undefined";
}
