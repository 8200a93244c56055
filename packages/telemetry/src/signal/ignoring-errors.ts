import { diag } from "@opentelemetry/api";

/** What is told must not disturb what it tells of: what goes wrong goes to OpenTelemetry's own log. */
export function ignoringErrors<T>(tell: () => T): T | undefined {
  try {
    return tell();
  } catch (error) {
    diag.error("Something was not told.", error);
    return undefined;
  }
}
