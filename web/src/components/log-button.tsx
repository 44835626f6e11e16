import { ScrollText } from "lucide-react";
import type { ObjectRef, Permission } from "@/api/contract";
import { useCanI } from "@/api/can-i";
import { hasLogs } from "@/lib/log-kinds";
import { formatPermission } from "@/lib/permission";
import { Button } from "@/ui/button";
import { dock } from "./dock";
import { useShortcuts } from "./shortcuts";

const permissionFor = ({ kind, namespace, name }: ObjectRef): Permission => ({
  verb: "get",
  group: "",
  resource: "pods",
  subresource: "log",
  ...(namespace ? { namespace } : {}),
  // Of a workload, its pods have names that nobody knows beforehand.
  ...(kind === "pods" ? { name } : {}),
});

/** Opens the logs of an object in the dock; says beforehand when that would be refused. */
function OpenLogs({ object }: { object: ObjectRef }) {
  const permission = permissionFor(object);
  const question = { cluster: object.cluster, permission };
  const answer = useCanI([question]).of(question);
  const refused = answer?.allowed === false ? `Needs ${formatPermission(permission)}` : null;
  const open = () => dock.open({ kind: "logs", object });
  useShortcuts({ l: () => (refused ? false : open()) });
  return (
    <Button icon={<ScrollText size={14} />} shortcut="l" disabledReason={refused} onClick={open}>
      Logs
    </Button>
  );
}

/** Nothing for kinds without logs. */
export function LogButton({ object }: { object: ObjectRef }) {
  return hasLogs(object.kind) ? <OpenLogs object={object} /> : null;
}
