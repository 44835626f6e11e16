import type { Span, Subject, Value } from "./model";
import { dig, rec, recs, str, text, type Rec } from "./read";
import { joined, link, mono, muted } from "./spans";

const KINDS: [source: string, word: string, kind: string, name: string][] = [
  ["configMap", "config map", "configmaps", "name"],
  ["secret", "secret", "secrets", "secretName"],
  ["persistentVolumeClaim", "claim", "persistentvolumeclaims", "claimName"],
];

function projected(subject: Subject, source: Rec): Span[] {
  const parts = recs(source["sources"]).map((each): Span[] => {
    if (each["configMap"] !== undefined)
      return [muted("config map"), ...link(subject, "configmaps", str(dig(each, "configMap", "name")))];
    if (each["secret"] !== undefined)
      return [muted("secret"), ...link(subject, "secrets", str(dig(each, "secret", "name")))];
    if (each["serviceAccountToken"] !== undefined) {
      const audience = str(dig(each, "serviceAccountToken", "audience"));
      return [muted(`token${audience ? ` for ${audience}` : ""}`)];
    }
    return [muted(each["downwardAPI"] !== undefined ? "downward API" : (Object.keys(each)[0] ?? "source"))];
  });
  return parts.flatMap((part, at) => (at === 0 ? part : [muted("+"), ...part]));
}

/** Where a volume comes from, its source linked. */
export function volumeSource(subject: Subject, volume: Rec): Value {
  for (const [source, word, kind, name] of KINDS) {
    if (volume[source] !== undefined) {
      const optional = dig(volume, source, "optional") === true ? [muted("optional")] : [];
      return [muted(word), ...link(subject, kind, str(dig(volume, source, name))), ...optional];
    }
  }
  if (volume["projected"] !== undefined) return projected(subject, rec(volume["projected"]));
  if (volume["emptyDir"] !== undefined) {
    const { medium, sizeLimit } = rec(volume["emptyDir"]);
    return muted(
      [
        "empty directory",
        medium === "Memory" ? "in memory" : "",
        str(sizeLimit) ? `up to ${text(sizeLimit)}` : "",
      ]
        .filter(Boolean)
        .join(", "),
    );
  }
  if (volume["hostPath"] !== undefined)
    return [muted("path on the node"), mono(text(dig(volume, "hostPath", "path")))];
  if (volume["ephemeral"] !== undefined)
    return [
      muted("claim of its own"),
      ...link(subject, "persistentvolumeclaims", `${subject.ref.name}-${text(volume["name"])}`),
    ];
  if (volume["csi"] !== undefined) return [muted("CSI"), mono(text(dig(volume, "csi", "driver")))];
  if (volume["nfs"] !== undefined)
    return joined(
      [muted("NFS"), mono(`${text(dig(volume, "nfs", "server"))}:${text(dig(volume, "nfs", "path"))}`)],
      " ",
    );
  return muted(Object.keys(volume).find((key) => key !== "name") ?? "unknown source");
}
