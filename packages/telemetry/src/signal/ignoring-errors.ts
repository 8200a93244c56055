import { diag } from "@opentelemetry/api";

/** Runs a function whose errors must not fail the recorded operation; they go to OpenTelemetry's diagnostic log. */
export function ignoringErrors<T>(record: () => T): T | undefined {
  try {
    return record();
  } catch (error) {
    diag.error("Failed to record telemetry.", error);
    return undefined;
  }
}
