import { describe } from "vitest";
import { Daemon } from "./daemon";
import { Folder } from "./folder";
import { freePorts } from "./ports";
import { awsPythonFolder } from "./tools";

/** Tests that need boto3, the AWS CLI or moto: skipped, and reported as skipped, where pip cannot give them. */
export const describeAwsPython = describe.skipIf(awsPythonFolder === null);

/** How Python finds them. No file of the user's own AWS settings is read. */
export const awsPythonEnv = {
  PYTHONPATH: awsPythonFolder ?? "",
  PYTHONDONTWRITEBYTECODE: "1",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** moto's server: IAM, STS and Organizations as others emulate them, with AWS's own managed policies. */
export class Moto {
  private constructor(
    private readonly folder: Folder,
    private readonly daemon: Daemon,
    readonly url: string,
  ) {}

  static async start(): Promise<Moto> {
    const folder = await Folder.make("moto");
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const daemon = new Daemon({
      command: "python3",
      args: ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)],
      log: folder.at("moto.log"),
      env: { ...awsPythonEnv, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    });
    await daemon.while("moto answers", async () => (await fetch(`${url}/moto-api/`)).ok, 60_000);
    return new Moto(folder, daemon, url);
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
    await this.folder.remove();
  }
}
