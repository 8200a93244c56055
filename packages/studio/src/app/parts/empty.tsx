import type { ComponentChildren } from "preact";
import { directoryError } from "../state/directory.ts";
import { resets } from "../state/live.ts";
import type { RequestError } from "../state/request.ts";
import { visibleText } from "../../text/visible-text.ts";
import { CopyText } from "./copy-text.tsx";
import { Hint } from "./hint.tsx";
import { Icon, type IconName } from "./icons.tsx";

/** What stands where nothing is: what that means, and what to do next. */
export function Empty({
  icon,
  title,
  children,
  command,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  /** A command that changes it. */
  command?: string | undefined;
}) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={20} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p class="quiet">{children}</p>}
      {command !== undefined && <CopyText text={command} />}
    </div>
  );
}

export function Failed({ error, retry }: { error: RequestError; retry?: () => void }) {
  return (
    <div class="empty" role="alert">
      <span class="empty-icon failed">
        <Icon name="warning" size={20} />
      </span>
      <h2>{visibleText(error.message).slice(0, 400)}</h2>
      {error.hint !== "" && (
        <p class="quiet">
          <Hint text={error.hint} />
        </p>
      )}
      {retry !== undefined && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What stands where the directory of agents and topics is needed, and is not there. */
export function NoDirectory() {
  const error = directoryError.value;
  return error === undefined ? (
    <Loading />
  ) : (
    <Failed error={error} retry={() => void resets.value++} />
  );
}

/** Stands in for rows that are on their way; it appears only if they take long. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div class="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} class="skeleton" />
      ))}
    </div>
  );
}
