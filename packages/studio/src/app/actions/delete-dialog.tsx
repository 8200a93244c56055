import { KeyName } from "../parts/names.tsx";
import { go } from "../state/route.ts";
import { remove } from "./actions.ts";
import { FormDialog } from "./form.tsx";

export function DeleteDialog({ itemKey }: { itemKey: string }) {
  const submit = async (): Promise<boolean> => {
    const isDone = await remove(itemKey);
    if (isDone) go({ item: undefined });
    return isDone;
  };
  return (
    <FormDialog title="Delete the item" action="Delete" danger onSubmit={submit}>
      <p class="row">
        <KeyName text={itemKey} />
      </p>
      <p class="quiet">
        Its agents no longer see it. Its history stays for as long as the mesh keeps it: a value can
        be restored from there.
      </p>
    </FormDialog>
  );
}
