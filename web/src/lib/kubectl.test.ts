import { expect, it } from "vitest";
import { kubectlGet, kubectlHere } from "./kubectl";

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

it("puts place and person into a line of the server, also behind a pipe, and into nothing that is quoted", () => {
  const target = { context: "prod-eu", as: { user: "bob", groups: ["g"] } };
  expect(kubectlHere(target, "kubectl scale deployments.apps api --replicas 3")).toBe(
    "kubectl --context prod-eu --as bob --as-group g scale deployments.apps api --replicas 3",
  );
  expect(kubectlHere({ context: "a" }, "echo '{}' | kubectl create --raw /x -f -")).toBe(
    "echo '{}' | kubectl --context a create --raw /x -f -",
  );
  expect(kubectlHere({ context: "a" }, "kubectl annotate pods/x 'note=a | kubectl b'")).toBe(
    "kubectl --context a annotate pods/x 'note=a | kubectl b'",
  );
  expect(kubectlHere({ context: "a" }, "helm rollback x")).toBe("helm rollback x");
});
