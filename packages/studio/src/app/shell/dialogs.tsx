import { DeleteDialog } from "../actions/delete-dialog.tsx";
import { PermissionsDialog } from "../actions/permissions-dialog.tsx";
import { PushDialog } from "../actions/push-dialog.tsx";
import { ReleaseDialog } from "../actions/release-dialog.tsx";
import { SayDialog } from "../actions/say-dialog.tsx";
import { SubscribeDialog } from "../actions/subscribe-dialog.tsx";
import { Palette } from "../palette/palette.tsx";
import { dialog } from "../state/dialog.ts";
import { KeysDialog } from "./keys-dialog.tsx";

export function Dialogs() {
  const open = dialog.value;
  switch (open?.kind) {
    case "palette":
      return <Palette />;
    case "keys":
      return <KeysDialog />;
    case "push":
      return <PushDialog itemKey={open.key} value={open.value} />;
    case "say":
      return <SayDialog agent={open.agent} />;
    case "subscribe":
      return <SubscribeDialog agent={open.agent} topic={open.topic} />;
    case "permissions":
      return <PermissionsDialog agent={open.agent} />;
    case "release":
      return <ReleaseDialog itemKey={open.key} agent={open.agent} />;
    case "delete":
      return <DeleteDialog itemKey={open.key} />;
    case undefined:
      return null;
  }
}
