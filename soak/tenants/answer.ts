import { isSynthaError } from "@syntha/core";

/**
 * An answer as text without what is random in each tenant. `foreignEpoch` is the epoch of the other tenant, which an
 * answer must not contain.
 */
export function normalizeAnswer(answer: unknown, epoch: string, foreignEpoch: string): string {
  const normalize = (text: string): string => {
    const withoutCursor = text.replace(
      /^c1\.[0-9a-z]*\.([0-9a-z]+)\.(~?[0-9a-z]*)\.[0-9a-z]+/,
      "c1.<epoch>.$1.$2.<commitId>",
    );
    if (epoch === "") return withoutCursor;
    // A token ends with the id of its lease.
    return withoutCursor
      .replace(new RegExp(`-${epoch}-[0-9a-z]+$`), "-<lease>")
      .replaceAll(epoch, "<epoch>");
  };
  const text = JSON.stringify(answer, (name, value: unknown) => {
    if (isSynthaError(value))
      return { code: value.code, message: value.message, details: value.details };
    if (name === "epoch" && value !== foreignEpoch) return "<epoch>";
    if (typeof value === "string") return normalize(value);
    return /^(.*commitId|leaseId|fingerprint)$/i.test(name) && typeof value === "number"
      ? "<commitId>"
      : value;
  });
  return text ?? "undefined";
}
