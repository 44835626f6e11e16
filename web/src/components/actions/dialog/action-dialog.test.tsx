// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Action, ActionPreview, ActionRun, Target, TargetPreview } from "@/api/actions-contract";
import { dock, readDock } from "@/components/dock";
import { actionStore, type Wish } from "../store";
import { DEPLOYMENT, NODE } from "../testing";
import { ActionDialog } from "./action-dialog";

interface Sent {
  cluster: string;
  action: Action;
  targets: Target[];
  confirm?: string;
}

let previewed: Sent[];
let ran: Sent[];
let previewOf: (sent: Sent) => Partial<ActionPreview>;
let runOf: (sent: Sent) => Partial<ActionRun>;

const target = (of: Target, more: Partial<TargetPreview> = {}): TargetPreview => ({
  target: { ...of, resourceVersion: "7" },
  found: true,
  allowed: true,
  needs: [],
  warnings: [],
  kubectl: `kubectl rollout restart ${of.name}`,
  ...more,
});

const clusters = [
  {
    id: "prod-eu",
    name: "prod-eu",
    environment: "production",
    connection: "kubeconfig",
    state: { phase: "live" },
  },
  {
    id: "staging",
    name: "staging",
    environment: "staging",
    connection: "kubeconfig",
    state: { phase: "live" },
  },
];

function reply(path: string, body: Omit<Sent, "cluster">): { status: number; body: unknown } {
  const cluster = path.split("/")[3] ?? "";
  if (path.endsWith("/actions/preview")) {
    const sent = { cluster, ...body };
    previewed.push(sent);
    const preview: ActionPreview = {
      verb: sent.action.type,
      summary: "",
      warnings: [],
      targets: sent.targets.map((each) => target(each)),
      ...previewOf(sent),
    };
    return { status: 200, body: preview };
  }
  if (path.endsWith("/actions")) {
    const sent = { cluster, ...body };
    ran.push(sent);
    const run = {
      ...{
        id: `run-${cluster}`,
        cluster,
        action: sent.action,
        verb: "restart",
        summary: "restart",
        startedBy: "a",
      },
      ...{ startedAt: "2026-11-26T10:00:00Z", state: "done", done: 1, total: sent.targets.length },
      results: sent.targets.map((each) => ({ target: each, state: "success", needs: [] })),
      ...runOf(sent),
    };
    return { status: run.state === "running" ? 202 : 200, body: run };
  }
  if (path.endsWith("/api/clusters")) return { status: 200, body: { clusters } };
  if (path.endsWith("/api/session"))
    return {
      status: 200,
      body: { mode: "demo", user: "alice", groups: [], displayName: "", serverVersion: "" },
    };
  return {
    status: 404,
    body: { code: "not_found", status: 404, title: "", detail: "", type: "", requestId: "" },
  };
}

const on = (cluster: string, name: string) => ({
  cluster,
  kind: "deployments.apps",
  namespace: "payments",
  name,
});
const restart = (targets = [on("prod-eu", "api")]): Wish => ({
  action: "restart",
  kind: DEPLOYMENT,
  targets,
});

const close = vi.fn();

function show(wish: Wish) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <ActionDialog wish={wish} onClose={close} />
    </QueryClientProvider>,
  );
}

const button = (name: RegExp | string) => screen.getByRole("button", { name });
/** The button once it may be pressed. */
const ready = (name: RegExp | string) =>
  vi.waitFor(() => {
    const found = button(name);
    expect(found.getAttribute("aria-disabled")).toBeNull();
    return found;
  });
const reasonOf = async (name: RegExp | string) => {
  await act(() => Promise.resolve(fireEvent.focus(button(name))));
  return screen.getByRole("tooltip").textContent;
};

describe("the dialog of an action", () => {
  beforeEach(() => {
    previewed = [];
    ran = [];
    previewOf = () => ({});
    runOf = () => ({});
    close.mockReset();
    vi.stubGlobal("fetch", (path: string, init?: { body?: string }) => {
      if (path.includes("/stream")) return new Promise(() => undefined);
      const { status, body } = reply(
        path.split("?")[0] ?? "",
        JSON.parse(init?.body ?? "{}") as Omit<Sent, "cluster">,
      );
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    });
  });
  afterEach(() => {
    cleanup();
    dock.clear();
    vi.unstubAllGlobals();
  });

  it("does nothing before the consequence is known and the button is pressed", async () => {
    show(restart());
    expect(button(/Restart deployment/).getAttribute("aria-disabled")).toBe("true");
    expect(await reasonOf(/Restart deployment/)).toContain("is being asked");
    await ready("Restart deployment");
    expect(ran).toEqual([]);
    fireEvent.click(button("Restart deployment"));
    expect(await screen.findByText("done", { selector: "p span" })).toBeDefined();
    expect(ran).toMatchObject([
      { cluster: "prod-eu", action: { type: "restart" }, targets: [{ name: "api", resourceVersion: "7" }] },
    ]);
  });

  it("shows warnings, diff and the kubectl line with place and person", async () => {
    previewOf = ({ targets }) => ({
      targets: targets.map((each) =>
        target(each, {
          diff: "@@ -1 +1 @@\n-a: 1\n+a: 2\n",
          warnings: [{ code: "hpa", tone: "warning", text: "an autoscaler sets the replicas" }],
          dryRun: { accepted: true },
        }),
      ),
    });
    show(restart());
    expect(await screen.findByText("an autoscaler sets the replicas")).toBeDefined();
    expect(screen.getByText("diff +1 −1")).toBeDefined();
    expect(await screen.findByText("kubectl --context prod-eu --as alice rollout restart api")).toBeDefined();
  });

  it("leaves out what is refused, names the permission, and counts only the rest", async () => {
    previewOf = ({ targets }) => ({
      targets: targets.map((each) =>
        each.name === "web"
          ? target(each, {
              allowed: false,
              needs: [
                { verb: "patch", group: "apps", resource: "deployments", namespace: "payments", name: "web" },
              ],
            })
          : target(each),
      ),
    });
    show(restart(["api", "web", "db"].map((name) => on("prod-eu", name))));
    const go = await ready("Restart 2 deployments");
    expect(screen.getByText("patch deployments.apps web in payments")).toBeDefined();
    expect(screen.getByText("1 object left out: see why above")).toBeDefined();
    fireEvent.click(go);
    await vi.waitFor(() => expect(ran[0]?.targets.map(({ name }) => name)).toEqual(["api", "db"]));
  });

  it("says why when nothing can be done", async () => {
    previewOf = ({ targets }) => ({
      targets: targets.map((each) =>
        target(each, { dryRun: { accepted: false, message: "the quota is used up" } }),
      ),
    });
    show(restart());
    await vi.waitFor(async () => expect(await reasonOf(/Restart/)).toBe("the quota is used up"));
    fireEvent.click(button(/Restart/));
    expect(ran).toEqual([]);
  });

  it("wants the name typed in production", async () => {
    previewOf = () => ({ confirmName: "api" });
    show({ ...restart(), action: "delete" });
    const field = await screen.findByRole("textbox", { name: "type api to confirm" });
    expect(await reasonOf(/Delete deployment/)).toContain("type api first");
    fireEvent.change(field, { target: { value: "ape" } });
    expect(screen.getByText("this is not api")).toBeDefined();
    fireEvent.keyDown(field, { key: "Enter" });
    expect(ran).toEqual([]);
    fireEvent.change(field, { target: { value: "api" } });
    fireEvent.click(await ready("Delete deployment"));
    await vi.waitFor(() => expect(ran).toMatchObject([{ confirm: "api" }]));
  });

  it("asks again when an option changes, and never acts on an old answer", async () => {
    show({
      action: "scale",
      kind: DEPLOYMENT,
      targets: [on("prod-eu", "api")],
      object: { spec: { replicas: 3 } },
    });
    const field = screen.getByRole("textbox", { name: "Replicas, now 3" });
    fireEvent.change(field, { target: { value: "4" } });
    await ready("Scale deployment");
    fireEvent.change(field, { target: { value: "5" } });
    expect(button("Scale deployment").getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(await ready("Scale deployment"));
    await vi.waitFor(() => expect(ran).toMatchObject([{ action: { type: "scale", replicas: 5 } }]));
    expect(previewed.at(-1)).toMatchObject({ action: { replicas: 5 } });
  });

  it("makes one run for each cluster, and tells where one could not begin", async () => {
    runOf = ({ cluster }) => {
      if (cluster === "staging") throw new Error("offline");
      return {};
    };
    show(restart([on("prod-eu", "api"), on("staging", "api")]));
    fireEvent.click(await ready("Restart 2 deployments"));
    expect(await screen.findByText("done", { selector: "p span" })).toBeDefined();
    const alert = screen.getByRole("alert");
    expect(within(alert).getByText("staging")).toBeDefined();
    expect(ran.map(({ cluster }) => cluster).sort()).toEqual(["prod-eu", "staging"]);
  });

  it("looks again at what failed, and only at that", async () => {
    const ask = vi.spyOn(actionStore, "ask");
    runOf = ({ targets }) => ({
      results: targets.map((each) => ({
        target: each,
        state: each.name === "web" ? ("failure" as const) : ("success" as const),
        message: "the object has been modified",
        needs: [],
      })),
    });
    show(restart(["api", "web"].map((name) => on("prod-eu", name))));
    fireEvent.click(await ready("Restart 2 deployments"));
    fireEvent.click(await screen.findByRole("button", { name: "Look again at what failed" }));
    expect(ask.mock.calls[0]?.[0].targets).toEqual([on("prod-eu", "web")]);
  });

  it("begins no drain that pods stand against", async () => {
    const wish: Wish = {
      action: "drain",
      kind: NODE,
      targets: [{ cluster: "staging", kind: "nodes", name: "n1" }],
    };
    previewOf = ({ action }) => ({
      drain: {
        pods: [
          {
            namespace: "x",
            name: "cache",
            fate: action.type === "drain" && action.deleteEmptyDirData ? "evict" : "emptyDir",
          },
        ],
      },
    });
    show(wish);
    await screen.findByText(/1 pod keeps data in emptyDir/);
    await vi.waitFor(async () =>
      expect(await reasonOf("Drain node")).toContain("local data stand against it"),
    );
    fireEvent.click(screen.getByRole("checkbox", { name: /Evict pods with local data/ }));
    await ready("Drain node");
  });

  it("hands what goes on over to the dock", async () => {
    runOf = () => ({ state: "running", done: 0, drain: { pods: [] }, summary: "drain n1" });
    show({ action: "drain", kind: NODE, targets: [{ cluster: "staging", kind: "nodes", name: "n1" }] });
    fireEvent.click(await ready("Drain node"));
    await vi.waitFor(() => expect(close).toHaveBeenCalled());
    expect(readDock().tabs.map(({ wish }) => wish)).toMatchObject([{ kind: "run", id: "run-staging" }]);
  });
});
