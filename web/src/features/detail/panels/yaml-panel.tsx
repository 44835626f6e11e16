import { useState } from "react";
import { useObjectYaml } from "@/api/queries";
import { ErrorNotice } from "@/components/error-notice";
import { YamlView } from "@/components/yaml-view/yaml-view";
import { SkeletonLines } from "@/ui/skeleton";
import { useDetail } from "../detail-context";

export default function YamlPanel() {
  const { ref, gone } = useDetail();
  const [managed, setManaged] = useState(false);
  const yaml = useObjectYaml(ref, managed, !gone);
  if (yaml.data === undefined) {
    return (
      <div className="p-4">
        {yaml.error ? (
          <ErrorNotice error={yaml.error} what="YAML" onRetry={() => void yaml.refetch()} />
        ) : (
          <SkeletonLines count={12} />
        )}
      </div>
    );
  }
  return (
    <YamlView
      text={yaml.data}
      label={`YAML of ${ref.name}`}
      managedFields={managed}
      onManagedFields={setManaged}
    />
  );
}
