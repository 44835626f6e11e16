import { describe, expect, it } from "vitest";
import { useWorld } from "../../lib/world";

const world = useWorld();

describe("kubectl watches the demo world", () => {
  it("is told of a pod that goes and of the one that comes in its place", async () => {
    const kubectl = world().kubectl("prod-eu");
    const [pod = ""] = (
      await kubectl.out([
        "get",
        "pods",
        "--namespace",
        "payments",
        "-o",
        "name",
        "-l",
        "app.kubernetes.io/name=api",
      ])
    ).split("\n");
    const name = pod.replace("pod/", "");
    const watch = kubectl.follow(["get", "pods", "--namespace", "payments", "-w", "--output-watch-events"]);
    try {
      await watch.line(new RegExp(`^ADDED +${name} `, "m"));
      await kubectl.out(["delete", pod, "--namespace", "payments", "--wait=false"]);
      await watch.line(new RegExp(`^MODIFIED +${name} +1/1 +Terminating`, "m"));
      await watch.line(new RegExp(`^DELETED +${name} `, "m"));
      const [, next] = await watch.line(/^ADDED +(api-\S+) +0\/1 +Pending +0 +0s/m);
      await watch.line(new RegExp(`^MODIFIED +${next} +1/1 +Running`, "m"));
    } finally {
      await watch.stop();
    }
  });

  it("waits for a condition and for an end", async () => {
    const kubectl = world().kubectl("staging");
    await kubectl.out(["create", "deployment", "patient", "--image", "registry.example/patient:1"]);
    await kubectl.out(["wait", "deployment/patient", "--for", "condition=Available", "--timeout", "40s"]);
    await kubectl.out(["rollout", "status", "deployment/patient", "--timeout", "40s"]);
    await kubectl.out(["delete", "deployment/patient"]);
    expect(await kubectl.refusal(["get", "deployment/patient"])).toContain("NotFound");
  });

  it("follows only what a selector lets through", async () => {
    const kubectl = world().kubectl("edge");
    const watch = kubectl.follow(["get", "configmaps", "-w", "--output-watch-events", "-l", "seen=yes"]);
    try {
      await kubectl.out(["create", "configmap", "unseen"]);
      await kubectl.out(["create", "configmap", "seen"]);
      await kubectl.out(["label", "configmap", "seen", "seen=yes"]);
      await watch.line(/^ADDED +seen /m);
      await kubectl.out(["label", "configmap", "seen", "seen-"]);
      await watch.line(/^DELETED +seen /m);
      expect(watch.output).not.toContain("unseen");
    } finally {
      await watch.stop();
    }
  });
});
