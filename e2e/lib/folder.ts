import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder that is gone with the test, unless PERISCOPE_E2E_KEEP asks to keep it. */
export class Folder {
  private constructor(readonly path: string) {}

  static async make(name: string): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), `periscope-${name}-`)));
  }

  at(file: string): string {
    return join(this.path, file);
  }

  /** Writes a private file; what is not text is written as JSON, which is YAML too. */
  async write(file: string, content: unknown): Promise<string> {
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
    await writeFile(this.at(file), text, { mode: 0o600 });
    return this.at(file);
  }

  async remove(): Promise<void> {
    if (process.env["PERISCOPE_E2E_KEEP"]) console.warn(`kept ${this.path}`);
    else await rm(this.path, { recursive: true, force: true });
  }
}
