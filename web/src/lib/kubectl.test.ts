import { expect, it } from "vitest";
import { kubectlGet } from "./kubectl";

it("says which cluster and who asks", () => {
  const target = { context: "prod-eu", as: { user: "alice@corp", groups: ["periscope-tier:admin"] } };
  expect(kubectlGet(target, "pods", ["api-1", "api-2"], "payments")).toBe(
    "kubectl --context prod-eu --as alice@corp --as-group periscope-tier:admin get pods api-1 api-2 --namespace payments",
  );
});

it("impersonates nobody when the kubeconfig is the human", () => {
  expect(kubectlGet({ context: "my context" }, "nodes", ["n"])).toBe(
    "kubectl --context 'my context' get nodes n",
  );
});
