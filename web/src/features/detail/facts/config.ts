import { formatBytes, plural } from "@/lib/quantity";
import type { Entry, Facts, Subject, Verdict } from "./model";
import { pairs, rec, str, text } from "./read";
import { fact, link, mono } from "./spans";
import { dig } from "./read";

const encoder = new TextEncoder();
const size = (value: string): number => encoder.encode(value).length;
const base64Size = (value: string): number => Math.floor((value.replace(/=+$/, "").length * 3) / 4);

const verdictOf = (entries: Entry[], note: string[]): Verdict => {
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return {
    tone: "neutral",
    status: plural(entries.length, "key"),
    title: entries.length === 0 ? "Empty" : `${plural(entries.length, "key")}, ${formatBytes(total)}`,
    detail: note,
  };
};

export function configMapFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const entries: Entry[] = [
    ...pairs(root["data"]).map(([key, value]) => ({ key, value, bytes: size(value) })),
    ...pairs(root["binaryData"]).map(([key, value]) => ({ key, bytes: base64Size(value), note: "binary" })),
  ];
  const immutable = root["immutable"] === true ? ["immutable: it can only be replaced"] : [];
  return {
    verdict: verdictOf(entries, immutable),
    main: [
      { type: "entries", title: "Keys", entries },
      { type: "related", title: "Used by", relations: ["used by"] },
    ],
    side: [],
  };
}

/** The server says `•••• (32 bytes)` instead of a value. */
export function maskedSize(value: string): number {
  const told = /\((\d+) bytes?\)/.exec(value);
  return told ? Number(told[1]) : base64Size(value);
}

const PURPOSE: Record<string, string> = {
  "kubernetes.io/tls": "a certificate and its key",
  "kubernetes.io/dockerconfigjson": "credentials for image registries",
  "kubernetes.io/dockercfg": "credentials for image registries (old form)",
  "kubernetes.io/service-account-token": "a long-lived token of a service account",
  "kubernetes.io/basic-auth": "a user name and password",
  "kubernetes.io/ssh-auth": "an SSH key",
  "bootstrap.kubernetes.io/token": "a token with which nodes join",
  "helm.sh/release.v1": "the record of a Helm release",
};

export function secretFacts(subject: Subject): Facts {
  const root = rec(subject.object);
  const type = text(root["type"], "Opaque");
  const entries: Entry[] = [...pairs(root["data"]), ...pairs(root["stringData"])].map(([key, value]) => ({
    key,
    bytes: maskedSize(value),
  }));
  const account = str(dig(subject.object.metadata?.annotations, "kubernetes.io/service-account.name"));
  const immutable = root["immutable"] === true ? ["immutable: it can only be replaced"] : [];
  return {
    verdict: verdictOf(entries, [...(PURPOSE[type] ? [`holds ${PURPOSE[type]}`] : []), ...immutable]),
    main: [
      {
        type: "entries",
        title: "Keys",
        entries,
        secret: true,
        note: "values never leave the server with the object; each reveal is recorded in the audit trail",
      },
      { type: "related", title: "Used by", relations: ["used by"] },
    ],
    side: [
      {
        type: "facts",
        title: "Secret",
        facts: [
          ...fact("Type", mono(type)),
          ...fact("Service account", link(subject, "serviceaccounts", account)),
        ],
      },
    ],
  };
}
