import { describe, expect, it } from "vitest";
import { block, facts, verdict } from "./testing";

describe("configuration and storage", () => {
  it("never shows what a secret holds, only how much", () => {
    const made = facts("secrets", {
      metadata: { name: "db", namespace: "x" },
      type: "kubernetes.io/tls",
      data: { "tls.key": "•••• (1704 bytes)", "tls.crt": "•••• (1100 bytes)" },
    });
    expect(verdict(made)).toBe("2 keys, 2.7 KiB | holds a certificate and its key");
    expect(block(made, "entries").entries).toEqual([
      { key: "tls.crt", bytes: 1100 },
      { key: "tls.key", bytes: 1704 },
    ]);
  });
  it("measures config maps in bytes of what is decoded", () => {
    const made = facts("configmaps", {
      metadata: { name: "c", namespace: "x" },
      data: { greeting: "hé" },
      binaryData: { logo: "AAAA" },
    });
    expect(block(made, "entries").entries.map(({ key, bytes }) => [key, bytes])).toEqual([
      ["greeting", 3],
      ["logo", 3],
    ]);
  });
  it("explains a claim that waits", () => {
    const object = { cluster: "prod-eu", kind: "persistentvolumeclaims", name: "d" };
    const events = [
      {
        type: "Warning",
        reason: "ProvisioningFailed",
        message: 'storageclass "gp4" not found',
        count: 3,
        object,
      },
    ];
    const claim = { metadata: { name: "d", namespace: "x" }, spec: {}, status: { phase: "Pending" } };
    expect(verdict(facts("persistentvolumeclaims", claim, { events }))).toBe(
      'Not bound yet | storageclass "gp4" not found',
    );
    expect(
      facts("persistentvolumeclaims", {
        metadata: { name: "d", namespace: "x" },
        spec: {},
        status: { phase: "Pending" },
      }).verdict?.tone,
    ).toBe("warning");
    expect(
      facts("persistentvolumes", {
        metadata: { name: "v" },
        spec: { capacity: { storage: "20Gi" }, persistentVolumeReclaimPolicy: "Retain" },
        status: { phase: "Released" },
      }).verdict?.title,
    ).toBe("Released, 20 GiB");
  });
});
