// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Permission } from "@/api/contract";
import { DetailProvider } from "../detail-context";
import { SecretBlock } from "./secret-block";

const VALUES: Record<string, object> = {
  password: { encoding: "utf8", value: "hunter\u202e2", bytes: 10 },
  keystore: { encoding: "base64", value: "AAEC", bytes: 3 },
};

let allowed: boolean;
const client = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });

function show(queries = client()) {
  const ref = { cluster: "prod-eu", kind: "secrets", namespace: "payments", name: "db" };
  return render(
    <QueryClientProvider client={queries}>
      <DetailProvider value={{ ref, onTab: () => undefined, gone: false }}>
        <SecretBlock
          title="Keys"
          entries={[
            { key: "password", bytes: 10 },
            { key: "keystore", bytes: 3 },
          ]}
        />
      </DetailProvider>
    </QueryClientProvider>,
  );
}

const reveal = (key: string) => fireEvent.click(screen.getByRole("button", { name: `reveal ${key}` }));

describe("the keys of a Secret", () => {
  beforeEach(() => {
    allowed = true;
    vi.stubGlobal("fetch", (path: string, init: { body: string }) => {
      const body = JSON.parse(init.body) as { key: string; questions: Permission[] };
      const answer = path.endsWith("/reveal")
        ? { key: body.key, ...VALUES[body.key] }
        : {
            rbacReadable: true,
            answers: body.questions.map((permission) => ({ permission, allowed, grantedBy: [] })),
          };
      return Promise.resolve(new Response(JSON.stringify(answer)));
    });
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("shows one value at a time, with what would not be seen in it", async () => {
    show();
    reveal("password");
    expect((await screen.findByLabelText("value of password")).textContent).toBe("hunterU+202E2");
    reveal("keystore");
    expect(await screen.findByText("binary, 3 B: copied as base64")).toBeDefined();
    expect(screen.queryByLabelText("value of password")).toBeNull();
  });

  it("keeps no value in the query cache", async () => {
    const queries = client();
    show(queries);
    reveal("password");
    await screen.findByLabelText("value of password");
    const kept = JSON.stringify(
      queries
        .getQueryCache()
        .getAll()
        .map(({ state, queryKey }) => [queryKey, state]),
    );
    expect(kept).not.toContain("hunter");
  });

  it("hides it after a minute", async () => {
    vi.useFakeTimers();
    show();
    reveal("password");
    await act(() => vi.advanceTimersByTimeAsync(59_000));
    expect(screen.getByLabelText("value of password")).toBeDefined();
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(screen.queryByLabelText("value of password")).toBeNull();
  });

  it("hides it when the page is left", async () => {
    show();
    reveal("password");
    await screen.findByLabelText("value of password");
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(screen.queryByLabelText("value of password")).toBeNull();
    hidden.mockRestore();
  });

  it("says what is missing instead of asking in vain", async () => {
    allowed = false;
    show();
    const button = screen.getByRole("button", { name: "reveal password" });
    await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
    await act(() => Promise.resolve(fireEvent.focus(button)));
    expect(screen.getByRole("tooltip").textContent).toContain("get secrets db in payments on prod-eu");
  });
});
